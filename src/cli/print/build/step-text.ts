import type { StepLabel } from '../../../build/events';

/** `[build 2/5]`, and the platform where there are several; empty for steps of the engine. */
export function stepPlace({ stage, number, total, platform }: StepLabel): string {
  const words = [
    platform,
    total === 0 ? undefined : `${/^\d+$/.test(stage) ? '' : `${stage} `}${number}/${total}`,
  ];
  const text = words.filter((word) => word !== undefined).join(' ');
  return text === '' ? '' : `[${text}] `;
}

/** The place of a step and what it does, on one line. */
export function stepText(step: StepLabel): string {
  return `${stepPlace(step)}${oneLine(step.text)}`;
}

/** Blanks in a row are one: what stood on several lines is readable so. Control characters are gone. */
function oneLine(text: string): string {
  return text.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
}

/** `0.4s`, `12.3s`, `2m05s`. */
export function stepTime(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)}s`;
  return `${Math.floor(seconds / 60)}m${String(Math.floor(seconds % 60)).padStart(2, '0')}s`;
}

/** `text` in `width` columns at most. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 3))}...`;
}

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describeProblem } from '../../../../src/systemd/problem';
import { type Generated, generateUnits } from '../../../../src/systemd/quadlet/generate-units';
import { loadQuadlets } from '../../../../src/systemd/quadlet/load-quadlets';
import type { QuadletSetup } from '../../../../src/systemd/quadlet/types';

/** A user's units for the program `tspod`, with no option refused. */
export const plainSetup: QuadletSetup = {
  program: ['tspod'],
  isUser: true,
  refusals: {
    container: new Map(),
    volume: new Map(),
    network: new Map(),
    image: new Map(),
    build: new Map(),
    artifact: 'no artifacts',
    kube: 'no kube',
    pod: 'no pods',
  },
};

/** What is made of files by their names; a value that begins with `->` is a symbolic link. */
export function generate(files: Record<string, string>, setup: QuadletSetup = plainSetup): Generated[] {
  const folder = mkdtempSync(join(tmpdir(), 'quadlet-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      if (text.startsWith('->')) symlinkSync(text.slice(2), path);
      else writeFileSync(path, text);
    }
    return generateUnits(loadQuadlets([folder]), setup);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What is wrong in them. */
export function problemsOf(files: Record<string, string>, setup?: QuadletSetup): string[] {
  return generate(files, setup).flatMap(({ problems }) =>
    problems.map((problem) => describeProblem(problem, true)),
  );
}

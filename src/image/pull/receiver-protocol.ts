/**
 * What the process that fetches tells the one that unpacks, one JSON array in a line: first, or after a part of the
 * layers has come, the plan; then how many bytes of a layer lie in its file, and that its digest has been verified.
 */
export type FetcherMessage =
  ['plan', ImagePlan] | ['have', layer: number, bytes: number] | ['done', layer: number];

/**
 * What comes back: the image's id, or that it has failed and says why on standard error; with the layer whose bytes made
 * no sense, where that was the reason.
 */
export type ReceiverMessage = ['result', id: string] | ['failed', suspect: number | null];

/** An image that is coming. */
export interface ImagePlan {
  /** Full names. */
  names: string[];
  /** Bytes in base64. */
  config: string;
  manifest: { bytes: string; mediaType: string };
  listDigest?: string;
  /** From bottom to top. */
  layers: PlannedLayer[];
}

/** A layer that is coming, or whose blob the store has. */
export interface PlannedLayer {
  digest: string;
  size: number;
  mediaType: string;
  /** Whether its bytes come into its partial file; else the blob is in the store. */
  isComing: boolean;
}

/** Encodes a message. */
export function encodeMessage(message: FetcherMessage | ReceiverMessage): string {
  return `${JSON.stringify(message)}\n`;
}

/** Takes text as it comes and hands every complete message over. */
export function createMessageReader<T>(take: (message: T) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(JSON.parse(line) as T);
  };
}

import type { BuildReport } from '../../../build/events';

/** Shows how a build goes. */
export interface BuildPrinter {
  report: BuildReport;
  /** To be called at the end, also after an error: nothing is drawn any more. */
  close(): void;
}

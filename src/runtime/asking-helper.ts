import { closeSync, readSync, writeSync } from 'node:fs';
import type { Context } from '../lib/context';
import { isErrno } from '../lib/errors';
import { beginToEnd } from '../sys/run-to-end';
import type { ProgramOutput, RunningProgram } from '../sys/run-to-end';
import { socketPair } from '../sys/socket-pair';
import { helperResult, missingHelper, openPlan, writePlan } from './helper';
import type { HelperResult } from './helper';
import type { Plan } from './plan';

/** The helper in the role `tree` that was started before its plan is known, and asks whether to go on in the middle of it. */
export interface AskingHelper {
  /** Lets it carry out a plan, once. */
  carryOut(plan: Plan): void;
  /** Waits until it asks (the op TREE_ASK of the socket `ASK_SOCKET`); false when it has ended instead. */
  hasAsked(): boolean;
  /** Answers that it is to go on; without an answer it leaves it at that. */
  goOn(): void;
  /** What it has printed so far. */
  output(): ProgramOutput;
  /** Waits for its end; has to be called, whatever happens. */
  end(): HelperResult;
}

/** The helper's descriptor of the socket. */
export const ASK_SOCKET = 4;
const PLAN_DESCRIPTOR = 3;

/** Starts one. Error `machine`: it cannot be executed. */
export function startAskingHelper(ctx: Context): AskingHelper {
  const plan = openPlan(ctx);
  const [socket, others] = socketPair();
  try {
    const argv = ['tspod', 'tree', String(PLAN_DESCRIPTOR), String(ASK_SOCKET)];
    const options = { env: ctx.env, pass: [plan, others], capture: true };
    return conversation(ctx, { program: beginToEnd(ctx.paths.helper, argv, options), plan, socket });
  } catch (error) {
    for (const descriptor of [plan, socket]) closeSync(descriptor);
    throw missingHelper(ctx, error);
  } finally {
    closeSync(others);
  }
}

function conversation(
  ctx: Context,
  { program, plan, socket }: { program: RunningProgram; plan: number; socket: number },
): AskingHelper {
  let asked: boolean | undefined;
  let result: HelperResult | undefined;
  const say = (): void => {
    try {
      writeSync(socket, '.');
    } catch (error) {
      // it has ended: how is told by its status
      if (!isErrno(error, 'EPIPE')) throw error;
    }
  };
  return {
    carryOut(ops) {
      writePlan(plan, ops, ctx);
      say();
    },
    hasAsked: () => (asked ??= readSync(socket, Buffer.alloc(1)) === 1),
    goOn: say,
    output: program.output,
    end() {
      if (result !== undefined) return result;
      for (const descriptor of [plan, socket]) closeSync(descriptor);
      return (result = helperResult(program.end()));
    },
  };
}

import { PLAN_MAGIC, PLAN_OPS, type PlanOp } from './protocol';

/** An integer of the plan; `Infinity` is the greatest one, as RLIM_INFINITY. */
export type PlanNumber = number | bigint;

type Argument<L> = L extends 's' ? string : L extends 'b' ? string | Uint8Array : PlanNumber;

/** The arguments that a signature of native/protocol.h stands for. */
export type PlanArguments<S> = S extends `${infer H}${infer R}`
  ? H extends 'L'
    ? readonly string[]
    : H extends 'U'
      ? readonly PlanNumber[]
      : [Argument<H>, ...PlanArguments<R>]
  : [];

const RECORD_HEADER = 8;

/** A plan being written: operations are carried out in the order in which they were added (native/protocol.h). */
export class Plan {
  #buffer = Buffer.allocUnsafe(32768);
  #length: number;
  readonly #ops = new Set<PlanOp>();

  constructor() {
    this.#length = this.#buffer.write(PLAN_MAGIC, 'latin1');
  }

  /** Adds one operation; its arguments are typed by the operation's signature. */
  add<O extends PlanOp>(op: O, ...args: PlanArguments<(typeof PLAN_OPS)[O][1]>): this {
    const [code, signature] = PLAN_OPS[op];
    this.#ops.add(op);
    const start = this.#length;
    this.#reserve(RECORD_HEADER);
    this.#length += RECORD_HEADER;
    args.forEach((argument, index) => this.#argument(letterAt(signature, index), argument));
    this.#buffer.writeUInt16LE(code, start);
    this.#buffer.writeUInt16LE(args.length, start + 2);
    this.#buffer.writeUInt32LE(this.#length - start - RECORD_HEADER, start + 4);
    return this;
  }

  /** Whether an operation of that name has been added. */
  has(op: PlanOp): boolean {
    return this.#ops.has(op);
  }

  /** The bytes so far. */
  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  #argument(letter: string, argument: string | Uint8Array | PlanNumber): void {
    if (letter === 'u' || letter === 'U') return this.#number(argument as PlanNumber);
    const isText = typeof argument === 'string';
    if (letter !== 'b' && isText && argument.includes('\0')) {
      throw new Error(`a string for the plan has a NUL byte: ${JSON.stringify(argument)}`);
    }
    const length = isText ? Buffer.byteLength(argument) : (argument as Uint8Array).length;
    this.#reserve(length + 5);
    this.#buffer.writeUInt32LE(length, this.#length);
    if (isText) this.#buffer.write(argument, this.#length + 4);
    else this.#buffer.set(argument as Uint8Array, this.#length + 4);
    this.#length += length + 4;
    this.#buffer[this.#length++] = 0;
  }

  #number(value: PlanNumber): void {
    this.#reserve(13);
    this.#buffer.writeUInt32LE(8, this.#length);
    this.#buffer.writeBigUInt64LE(toUnsigned(value), this.#length + 4);
    this.#length += 12;
    this.#buffer[this.#length++] = 0;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

function letterAt(signature: string, index: number): string {
  return signature[index] ?? signature[signature.length - 1] ?? '';
}

function toUnsigned(value: PlanNumber): bigint {
  if (value === Infinity) return 0xffff_ffff_ffff_ffffn;
  return BigInt.asUintN(64, BigInt(value));
}

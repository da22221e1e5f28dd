import { ZkopsError } from '../support/errors.ts'

/**
 * Bytes that are not what the format says.
 *
 * `short`: the input ends before the value does (the server's EOFException). `length`: a length that is negative or
 * above the limit (the server's "Unreasonable length"). `value`: anything else that cannot be.
 */
export type FormatProblem = 'short' | 'length' | 'value'

export class FormatError extends ZkopsError {
  readonly problem: FormatProblem
  /** Byte position in the input that was read. */
  override readonly offset: number

  constructor(problem: FormatProblem, message: string, offset: number) {
    super(`input.format-${problem}`, message, { offset })
    this.problem = problem
    this.offset = offset
  }

  override get name(): string {
    return 'FormatError'
  }
}

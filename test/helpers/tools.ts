import { test } from 'vitest'
import { findProgram } from '../../src/sandbox/programs.ts'

/**
 * A test that another program judges; .ci/run installs all of them. Where one is missing the test is left out on a
 * developer's machine, and fails in the gate.
 */
export function testWith(program: string) {
  return test.runIf(process.env.CI !== undefined || findProgram(program) !== undefined)
}

import * as Flags from '@oclif/core/flags'
import { ZkopsError } from '../support/errors.ts'

/** For changes that may lose something when that is accepted. */
export const ACCEPT_LOSS = {
  'accept-loss': Flags.boolean({
    summary: 'Go on where the plan says what is lost or cannot be trusted; needs --confirm too.',
    helpGroup: 'CHANGE',
  }),
  confirm: Flags.string({
    summary: 'With --accept-loss --execute: the --output directory, or the zxids that go, to prove that it is meant.',
    helpValue: '<text>',
    helpGroup: 'CHANGE',
  }),
}

/** Throws `usage` when a loss is to be carried out and what was typed does not name `target`. */
export function checkConfirmed(
  flags: { readonly 'accept-loss': boolean; readonly confirm: string | undefined; readonly execute: boolean },
  target: string,
): void {
  if (!flags['accept-loss'] || !flags.execute || flags.confirm === target) return
  throw new ZkopsError('usage', `--accept-loss with --execute needs --confirm ${target}`, {
    hint: 'See with --dry-run what is lost first.',
  })
}

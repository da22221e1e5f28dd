/* The kinds of rolls, as their journals name them. */
import { ZkopsError } from '../../support/errors.ts'
import { resumedConfig } from './config.ts'
import { restartKind } from './restart.ts'
import { resumedUpgrade } from './upgrade.ts'
import type { RollKindOf } from './work.ts'

/** `data`: what the kind wrote into the journal. Throws `input.journal` for one that is not known. */
export function kindOf(kind: string, data: unknown): RollKindOf {
  if (kind === 'roll restart') return restartKind
  if (kind === 'roll config') return resumedConfig(data)
  if (kind === 'roll upgrade') return resumedUpgrade(data)
  throw new ZkopsError('input.journal', `${kind} is no roll of this zkops`)
}

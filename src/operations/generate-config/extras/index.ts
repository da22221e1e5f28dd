import type { ServerLine } from '../../../config/ensemble.ts'
import { ZkopsError } from '../../../support/errors.ts'
import type { NewFile } from '../files.ts'
import { compose } from './compose.ts'
import type { Extra, ExtraInputs, MakeExtra } from './extra.ts'
import { kubernetes } from './kubernetes.ts'
import { nagios } from './nagios.ts'
import { prometheus } from './prometheus.ts'
import { cron, timer } from './schedules.ts'

const MAKE: Readonly<Record<Extra, MakeExtra>> = { compose, kubernetes, prometheus, nagios, cron, timer }

/** Throws `usage` for what cannot be made of these members. */
export function extraFiles(extras: readonly Extra[], inputs: ExtraInputs): readonly NewFile[] {
  if (extras.length > 0) for (const { line } of inputs.members) checkHosts(line)
  return [...new Set(extras)].flatMap((extra) => MAKE[extra](inputs))
}

/** Hosts go into YAML and shell text as they are. */
function checkHosts({ addresses, client }: ServerLine): void {
  const wrong = [...addresses, client!].find(({ host }) => !/^[\w.:-]+$/.test(host))
  if (wrong !== undefined) throw new ZkopsError('usage', `${wrong.host} is no host of letters, digits and . _ : -`)
}

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
  return [...new Set(extras)].flatMap((extra) => MAKE[extra](inputs))
}

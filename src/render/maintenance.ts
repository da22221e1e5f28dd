import type { MaintenanceResult } from '../operations/health/maintenance.ts'
import type { Silence } from '../operations/health/silence.ts'
import { printable } from './style.ts'

export function maintenanceText({ ensemble, maintenance, ended }: MaintenanceResult): string {
  const name = printable(ensemble)
  const before = ended === null ? '' : `ended: ${windowText(ended)}\n`
  if (maintenance !== null) return `${name} is in maintenance ${windowText(maintenance)}\n${before}`
  return ended === null ? `${name} was not in maintenance\n` : `${name} is no longer in maintenance\n${before}`
}

const windowText = ({ until, by, why }: Silence): string =>
  `until ${printable(until)} by ${printable(String(by))}: ${printable(why)}`

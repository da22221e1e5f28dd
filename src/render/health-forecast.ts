import type { Forecast, ForecastResult } from '../operations/forecast/forecast.ts'
import { countText, sizeText } from './amounts.ts'
import { spanText } from './duration.ts'
import { findingText } from './findings.ts'
import { printable, type Style } from './style.ts'
import { tableText } from './table.ts'

const COLORS = { ok: 'green', warning: 'yellow', critical: 'red', unknown: 'magenta' } as const
const HEAD = ['WHAT', 'OF', 'NOW', 'END', 'PER DAY', 'LEFT', 'SURE']

export async function forecastText(result: ForecastResult, style: Style): Promise<string> {
  const { color } = style
  const { basis, forecasts, unseen, findings } = result
  const status = color[COLORS[result.status]](result.status.toUpperCase())
  const name = color.bold(printable(result.directory ?? result.ensemble ?? ''))
  return [
    `${name}: ${status}: ${basisText(basis)}\n`,
    ...findings.map((finding) => findingText(finding, style)),
    forecasts.length === 0 ? '' : await tableText(HEAD, forecasts.map(cells), style),
    ...unseen.map(({ what, why }) => color.dim(`not seen: ${what}: ${printable(why)}\n`)),
  ].join('')
}

function basisText(basis: ForecastResult['basis']): string {
  if (basis === null) return 'no rate was seen'
  const span = spanText(Date.parse(basis.to) - Date.parse(basis.from))
  const whose = { state: "by the checks' state", samples: 'by looking twice', directory: 'by logs and snapshots' }
  return `rates ${whose[basis.kind]}, ${countText(basis.points)} moments in ${span}`
}

function cells(one: Forecast): readonly string[] {
  const { what, member, subject, value, limit, unit, perDay, daysLeft, confidence } = one
  const of = [member === null ? [] : `server ${member}`, subject ?? []].flat().join(' ')
  const text = (number: number) => amount(number, unit)
  const rate = perDay === null ? '?' : text(perDay)
  return [what, of, text(value), text(limit), rate, leftText(daysLeft, perDay), confidence ?? '-']
}

function amount(number: number, unit: Forecast['unit']): string {
  if (unit === 'B') return number < 0 ? `-${sizeText(-number)}` : sizeText(number)
  if (unit === 'd') return `${Math.floor(number)} d`
  return `${countText(Math.round(number))}${unit === '' ? '' : ` ${unit}`}`
}

function leftText(daysLeft: number | null, perDay: number | null): string {
  if (daysLeft === null) return perDay === null ? '?' : 'no end'
  if (daysLeft >= 3650) return `${countText(Math.floor(daysLeft / 365))} years`
  return daysLeft < 2 ? `${Math.round(daysLeft * 24)} h` : `${countText(Math.floor(daysLeft))} d`
}

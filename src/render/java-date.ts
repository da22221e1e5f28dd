/*
 * A moment as java.text.DateFormat prints it with date style SHORT and time style LONG in an English JVM up to 19, in
 * the local time zone: `11/24/26, 1:22:58 PM UTC`.
 */

/** English locales whose short names of time zones Java uses, too; en-US alone knows the American ones only. */
const LOCALES = ['en-US', 'en-GB', 'en-AU', 'en-CA', 'en-IN', 'en-NZ', 'en-ZA']

/** Names that Java has and no English locale of ICU; without summer time. */
const NAMES: Readonly<Record<string, string>> = {
  'America/Argentina/Buenos_Aires': 'ART',
  'America/Bogota': 'COT',
  'America/Buenos_Aires': 'ART',
  'America/Caracas': 'VET',
  'America/Lima': 'PET',
  'America/Montevideo': 'UYT',
  'America/Sao_Paulo': 'BRT',
  'Asia/Almaty': 'ALMT',
  'Asia/Baghdad': 'AST',
  'Asia/Baku': 'AZT',
  'Asia/Bangkok': 'ICT',
  'Asia/Chongqing': 'CST',
  'Asia/Dhaka': 'BDT',
  'Asia/Dubai': 'GST',
  'Asia/Ho_Chi_Minh': 'ICT',
  'Asia/Hong_Kong': 'HKT',
  'Asia/Istanbul': 'TRT',
  'Asia/Jakarta': 'WIB',
  'Asia/Karachi': 'PKT',
  'Asia/Kathmandu': 'NPT',
  'Asia/Kuala_Lumpur': 'MYT',
  'Asia/Manila': 'PST',
  'Asia/Novosibirsk': 'NOVT',
  'Asia/Riyadh': 'AST',
  'Asia/Saigon': 'ICT',
  'Asia/Seoul': 'KST',
  'Asia/Shanghai': 'CST',
  'Asia/Singapore': 'SGT',
  'Asia/Taipei': 'CST',
  'Asia/Tashkent': 'UZT',
  'Asia/Tbilisi': 'GET',
  'Asia/Tokyo': 'JST',
  'Asia/Vladivostok': 'VLAT',
  'Asia/Yekaterinburg': 'YEKT',
  'Europe/Istanbul': 'TRT',
  'Europe/Minsk': 'MSK',
  'Europe/Moscow': 'MSK',
}

interface Zone {
  readonly format: Intl.DateTimeFormat
  readonly names: readonly Intl.DateTimeFormat[]
  readonly fixed: string | undefined
}

let zone: Zone | undefined

/** `ms` since 1970. */
export function javaDate(ms: number): string {
  const { format } = (zone ??= localZone())
  const part = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]))
  const { month, day, year, hour, minute, second, dayPeriod } = part
  return `${month}/${day}/${year}, ${hour}:${minute}:${second} ${dayPeriod} ${zoneName(zone, ms)}`
}

function localZone(): Zone {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  return {
    format: new Intl.DateTimeFormat('en-US', {
      year: '2-digit',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
      second: '2-digit',
      hour12: true,
    }),
    names: LOCALES.map((locale) => new Intl.DateTimeFormat(locale, { timeZoneName: 'short' })),
    fixed: NAMES[timeZone],
  }
}

function zoneName({ names, fixed }: Zone, ms: number): string {
  if (fixed !== undefined) return fixed
  for (const format of names) {
    const name = nameIn(format, ms)
    if (!/^(GMT|UTC)[+-]/.test(name)) return name
  }
  // Java writes hours and minutes with two digits each
  const [, sign, hours, minutes = '00'] = /^GMT([+-])(\d+):?(\d\d)?$/.exec(nameIn(names[0]!, ms)) ?? []
  return sign === undefined ? 'GMT' : `GMT${sign}${hours!.padStart(2, '0')}:${minutes}`
}

function nameIn(format: Intl.DateTimeFormat, ms: number): string {
  return format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? ''
}

/** RFC 4180: the rows with the header's first. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  const pattern = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/gy
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const field = match[1]!
    rows.at(-1)!.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field)
    if (match[2] === '\r\n') rows.push([])
  }
  return rows.slice(0, -1)
}

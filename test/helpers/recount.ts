type Json = Record<string, unknown>

interface Line extends Json {
  readonly bytes: number
  readonly type: string
  readonly session: string
  readonly path?: string | null
  readonly paths?: readonly (string | null)[] | null
  readonly ops?: readonly Json[] | null
}

/** What `log stat --exact` must say, counted from the lines of `log dump --format jsonl`. */
export function recount(lines: readonly Json[], depth = 2) {
  const types = counter()
  const ops = counter()
  const paths = counter()
  const prefixes = counter()
  const sessions = counter()
  const errors = counter()
  const failedOps = counter()
  let bytes = 0
  let dataBytes = 0
  for (const line of lines as readonly Line[]) {
    bytes += line.bytes
    types.add(line.type, line.bytes)
    sessions.add(line.session, line.bytes)
    if (line.type === 'error') errors.add(String(line.code), line.bytes)
    const parts = [line, ...(line.ops ?? [])]
    for (const op of line.ops ?? []) {
      ops.add(op.type as string, 0)
      if (op.type === 'error') failedOps.add(String(op.code), 0)
    }
    for (const { type, data } of parts) if (type !== 'unknown') dataBytes += bytesOf(data)
    const named = new Set([...parts.map(({ path }) => path), ...(line.paths ?? [])].filter(isText))
    for (const path of named) paths.add(path, line.bytes)
    for (const prefix of new Set([...named].map((path) => prefixOf(path, depth)))) prefixes.add(prefix, line.bytes)
  }
  return {
    txns: lines.length,
    bytes,
    dataBytes,
    byType: types.rows(),
    byOp: ops.rows(),
    paths: paths.rows(),
    byPrefix: prefixes.rows(),
    sessions: sessions.rows(),
    errors: errors.rows(),
    failedOps: failedOps.rows(),
  }
}

export type Rows = Readonly<Record<string, readonly [count: number, bytes: number]>>

function counter() {
  const counts = new Map<string, [number, number]>()
  return {
    add(key: string, bytes: number) {
      const found = counts.get(key) ?? [0, 0]
      counts.set(key, [found[0] + 1, found[1] + bytes])
    },
    rows: (): Rows => Object.fromEntries(counts),
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function bytesOf(data: unknown): number {
  if (typeof data !== 'object' || data === null) return 0
  const { encoding, value } = data as { encoding: BufferEncoding; value: string }
  return Buffer.from(value, encoding).length
}

function prefixOf(path: string, depth: number): string {
  return path
    .split('/')
    .slice(0, depth + 1)
    .join('/')
}

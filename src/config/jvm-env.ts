/*
 * java.env, which zkEnv.sh sources beside zoo.cfg: shell text that sets SERVER_JVMFLAGS, JVMFLAGS and ZK_SERVER_HEAP.
 * It is read, not run: what other programs or variables would add is not seen.
 */
export interface JvmFlag {
  readonly value: string
  readonly line: number
}

export interface JvmEnv {
  readonly file: string
  /** `-D` properties by name; the last wins. */
  readonly properties: ReadonlyMap<string, JvmFlag>
  readonly heapBytes: number | null
  readonly startHeapBytes: number | null
  readonly directBytes: number | null
  /** Every other flag. */
  readonly others: readonly string[]
}

export function parseJvmEnv(file: string, text: string): JvmEnv {
  const properties = new Map<string, JvmFlag>()
  const others: string[] = []
  let heapBytes: number | null = null
  let startHeapBytes: number | null = null
  let directBytes: number | null = null
  for (const { words, line } of shellLines(text)) {
    for (const word of words) {
      const heap = /^ZK_SERVER_HEAP=(\d+)$/.exec(word)
      if (heap !== null) heapBytes ??= Number(heap[1]) * 2 ** 20
      const flag = word.replace(/^[A-Z_]+=(?=-)/, '')
      const property = /^-D([^=]+)(?:=(.*))?$/s.exec(flag)
      if (property !== null) properties.set(property[1]!, { value: property[2] ?? '', line })
      else if (flag.startsWith('-Xmx')) heapBytes = javaSize(flag.slice(4)) ?? heapBytes
      else if (flag.startsWith('-Xms')) startHeapBytes = javaSize(flag.slice(4)) ?? startHeapBytes
      else if (flag.startsWith('-XX:MaxDirectMemorySize=')) directBytes = javaSize(flag.slice(24)) ?? directBytes
      else if (flag.startsWith('-')) others.push(flag)
    }
  }
  return { file, properties, heapBytes, startHeapBytes, directBytes, others }
}

/** Words of each line that is no comment, without quotes; a backslash joins lines. */
function* shellLines(text: string): Generator<{ words: readonly string[]; line: number }> {
  let line = 1
  for (const joined of text.split(/(?<!\\)\r?\n/)) {
    const plain = joined.replace(/\\\r?\n/g, ' ')
    // flags of clients are not the server's
    if (!/^\s*(#|(export\s+)?CLIENT_JVMFLAGS=)/.test(plain)) yield { words: wordsOf(plain), line }
    line += joined.split('\n').length
  }
}

/** Blanks inside double quotes part flags as well, because the shell parts them when it starts Java. */
function wordsOf(line: string): readonly string[] {
  const code = line.replace(/(^|\s)#.*$/, '')
  return code.split(/[\s"']+/).flatMap((word) => (word === '' || word === 'export' ? [] : [word]))
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 }

function javaSize(text: string): number | undefined {
  const match = /^(\d+)([kmgt]?)$/i.exec(text)
  return match === null ? undefined : Number(match[1]) * UNITS[match[2]!.toLowerCase()]!
}

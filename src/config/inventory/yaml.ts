/* The text of an inventory as plain values, and where in the text they stand. */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'

/** A thousand servers need less. */
export const MOST_INVENTORY_BYTES = 1 << 18
/** Some anchors are useful; a thousand million values from ten lines are not. */
const MOST_ALIASES = 100

export type YamlPath = readonly (string | number)[]

export interface YamlText {
  readonly document: Document
  readonly value: unknown
  /** From 1: the line of a field, or of the nearest thing around it that is written down. */
  lineOf(path: YamlPath): number
}

export interface YamlError {
  readonly error: string
  readonly line: number | null
}

export function readYaml(text: string): YamlText | YamlError {
  const lines = new LineCounter()
  const lineAt = (offset: number) => lines.linePos(offset).line
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false, logLevel: 'error' })
  const [error] = document.errors
  if (error !== undefined) return { error: sentence(error), line: lineAt(error.pos[0]) }
  try {
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES })
    return { document, value, lineOf: (path) => lineAt(offsetOf(document, path)) }
  } catch (thrown) {
    // too many aliases, aliases of nothing, << of what are no fields
    return { error: sentence(thrown as Error), line: null }
  }
}

function sentence({ message }: Error): string {
  return message.includes('Maximum call stack') ? 'it is nested too deeply' : message.split('\n', 1)[0]!
}

function offsetOf(document: Document, path: YamlPath): number {
  let node: unknown = document.contents
  let offset = startOf(node) ?? 0
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document)
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
      if (pair === undefined) break
      offset = startOf(pair.key) ?? offset
      node = pair.value
    } else if (isSeq(node)) {
      node = node.items[Number(step)]
      offset = startOf(node) ?? offset
    } else break
  }
  return offset
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0]
}

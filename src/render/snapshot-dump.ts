import type { AclTable } from '../formats/snapshot/acls.ts'
import { type NODE_LINE_FORMAT, NODE_LINE_STOP } from '../formats/snapshot/kernel/lines.ts'
import { nodeAt } from '../formats/snapshot/node.ts'
import type { NodeDumpBatch, SnapshotDumpPart } from '../operations/dump-snapshot.ts'
import { hex64 } from '../support/hex.ts'
import type { WriteBytes } from './fast-lines.ts'
import { jsonLine } from './json.ts'
import { snapshotCsv } from './snapshot-csv.ts'
import { digestJson, headerJson, lastZxidJson, nodeAclJson, nodeJson, sessionJson } from './snapshot-json.ts'
import { nodeAclText, nodeText } from './snapshot-text.ts'
import { printable, type Style } from './style.ts'

export type SnapshotDumpFormat = 'text' | 'jsonl' | 'csv'

export interface SnapshotRenderOptions {
  readonly format: SnapshotDumpFormat
  readonly style: Style
  readonly data: boolean
  readonly dataWidth: number
  /** Values come with a decoder. */
  readonly decoded: boolean
}

/** Writes parts of a dump; those that are not lines (file, end) are left to the caller. */
export type SnapshotRenderer = (part: SnapshotDumpPart) => void

export function snapshotRenderer(options: SnapshotRenderOptions, write: WriteBytes): SnapshotRenderer {
  switch (options.format) {
    case 'text':
      return textRenderer(options, write)
    case 'jsonl':
      return jsonRenderer(options, write)
    case 'csv':
      return csvRenderer(options, write)
  }
}

function textRenderer(options: SnapshotRenderOptions, write: WriteBytes): SnapshotRenderer {
  const { color } = options.style
  const nodes = nodeWriter(
    {
      ...options,
      // coloured lines are for a terminal
      format: color.level > 0 || options.decoded ? undefined : 'text',
      acl: nodeAclText,
      line: (batch, row) => nodeText(batch, row, options),
    },
    write,
  )
  let file = ''
  return (part) => {
    if (part.kind === 'file') file = part.file
    else if (part.kind === 'header') write(color.bold(`# ${printable(file)}  database ${hex64(part.header.dbId)}\n`))
    else if (part.kind === 'sessions') {
      for (let i = 0; i < part.sessions.count; i++) {
        write(`session ${hex64(part.sessions.id(i))}  timeout ${part.sessions.timeoutMs(i)} ms\n`)
      }
    } else if (part.kind === 'nodes') nodes(part)
    else if (part.kind === 'digest') {
      const { value, version, zxid } = part.digest
      write(`digest ${hex64(value)}  version ${version}  of ${hex64(zxid)}\n`)
    } else if (part.kind === 'lastZxid') write(`last zxid ${hex64(part.lastZxid)}\n`)
  }
}

function jsonRenderer(options: SnapshotRenderOptions, write: WriteBytes): SnapshotRenderer {
  const nodes = nodeWriter(
    {
      ...options,
      format: options.decoded ? undefined : 'jsonl',
      // `{"acl":…}` without its braces
      acl: (acls, ref) => `,${jsonLine(nodeAclJson(acls, ref)).slice(1, -2)}`,
      line: (batch, row) => jsonLine(nodeJson(batch, row, options)),
    },
    write,
  )
  return (part) => {
    if (part.kind === 'nodes') nodes(part)
    else eachJson(part, (json) => write(jsonLine(json)))
  }
}

function csvRenderer(options: SnapshotRenderOptions, write: WriteBytes): SnapshotRenderer {
  const csv = snapshotCsv(options)
  write(csv.header)
  return (part) => {
    if (part.kind !== 'nodes') eachJson(part, (json) => write(csv.other(json)))
    else for (let row = 0; row < part.count; row++) write(csv.node(part, row))
  }
}

/** Everything but nodes. */
function eachJson(part: SnapshotDumpPart, emit: (json: Record<string, unknown>) => void): void {
  if (part.kind === 'header') emit(headerJson(part.header))
  else if (part.kind === 'digest') emit(digestJson(part.digest))
  else if (part.kind === 'lastZxid') emit(lastZxidJson(part.lastZxid))
  else if (part.kind === 'sessions') {
    for (let i = 0; i < part.sessions.count; i++) emit(sessionJson(part.sessions, i))
  }
}

interface NodeForm {
  /** Undefined: every line is written by `line`. */
  readonly format: keyof typeof NODE_LINE_FORMAT | undefined
  readonly data: boolean
  readonly dataWidth: number
  /** What a line says of an access list. */
  acl(acls: AclTable, ref: bigint): string
  /** The line of any node, whatever is in it: the complete form of what the kernel writes. */
  line(batch: NodeDumpBatch, row: number): string
}

/** Writes batches as lines: the ordinary node from bytes to bytes in the kernel, the others by `form.line`. */
function nodeWriter(form: NodeForm, write: WriteBytes): (batch: NodeDumpBatch) => void {
  let begun = false
  return (batch) => {
    const { lines, count } = batch
    if (lines === undefined || form.format === undefined) {
      for (let row = 0; row < count; row++) write(form.line(batch, row))
      return
    }
    if (!begun) lines.reset()
    begun = true
    let row = 0
    while (row < count) {
      row = lines.write(form.format, row, count, form.data, form.dataWidth)
      const stop = lines.stop()
      const fits = stop === NODE_LINE_STOP.newAcl && lines.setAcl(row, form.acl(batch.acls, nodeAt(batch, row).aclRef))
      if (fits) continue
      const text = lines.take()
      if (text.length > 0) write(text)
      const skip = stop === NODE_LINE_STOP.odd || stop === NODE_LINE_STOP.newAcl
      // one that does not even fit the empty buffer is written the other way
      if (skip || (stop === NODE_LINE_STOP.full && text.length === 0)) write(form.line(batch, row++))
    }
  }
}

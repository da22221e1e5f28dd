import type { ConfigMember, Decoded, QuotaValues } from '../formats/payload/types.ts'
import type { ProgramDecoded } from '../operations/decoder-program.ts'
import { printable, shortened } from './style.ts'

/** A decoded payload in one line, its content no longer than `width`; null when the raw one says as much. */
export function decodedText(decoded: Decoded | ProgramDecoded, width: number): string | null {
  const bounded = (text: string) => shortened(printable(text.slice(0, width + 1)), width)
  switch (decoded.kind) {
    case 'json':
      return bounded(JSON.stringify(decoded.value))
    case 'text':
      return `"${bounded(decoded.value)}"`
    case 'gzip':
    case 'zlib':
    case 'snappy': {
      if ('error' in decoded) return `${decoded.kind}, damaged: ${bounded(decoded.error)}`
      const size = `${decoded.truncated ? 'first ' : ''}${decoded.bytes} B`
      return `${decoded.kind} of ${decodedText(decoded.value, width) ?? decoded.value.kind} ${size},`
    }
    case 'java-serialized':
      return `java ${bounded(decoded.class ?? 'object stream')}`
    case 'protobuf':
      return decoded.writer === null ? 'protobuf' : `protobuf by ${bounded(decoded.writer)}`
    case 'int32':
      return `int32 ${decoded.value}`
    case 'int64':
      return `int64 ${decoded.value}${decoded.time === undefined ? '' : ` (${decoded.time})`}`
    case 'zookeeper-config':
      return `config ${decoded.version ?? 'without version'}: ${bounded(decoded.members.map(memberText).join(', '))}`
    case 'quota':
      return `quota ${bounded(quotaText('limits' in decoded ? decoded.limits : decoded.usage))}`
    case 'program': {
      if ('error' in decoded) return `program failed: ${bounded(decoded.error)}`
      return typeof decoded.value === 'string' ? `"${bounded(decoded.value)}"` : bounded(JSON.stringify(decoded.value))
    }
    case 'binary':
      return null
  }
}

function memberText({ id, host, quorumPort, electionPort, role, clientPort }: ConfigMember): string {
  const name = host.includes(':') ? `[${host}]` : host
  return `${id}=${name}:${quorumPort}:${electionPort}:${role}${clientPort === null ? '' : `;${clientPort}`}`
}

function quotaText(values: QuotaValues): string {
  return Object.entries(values)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ')
}

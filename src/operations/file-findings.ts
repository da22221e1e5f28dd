/*
 * What there is to say about a log as a file: its name, its header, copies and directories in its place.
 */
import type { LogFile } from '../datadir/log-files.ts'
import { LOG_HEADER_BYTES, type LogHeader } from '../formats/txnlog/header.ts'
import { SERVERS } from '../formats/txnlog/servers.ts'
import type { Finding } from '../support/finding.ts'
import { hex64 } from '../support/hex.ts'

/** A log whose name is not its first zxid. */
export function nameFindings({ file, nameZxid, stray }: LogFile, firstZxid: bigint | null): Finding[] {
  if (nameZxid === undefined || firstZxid === null || nameZxid === firstZxid || stray !== false) return []
  return [
    {
      code: 'log.name-mismatch',
      severity: 'error',
      message: `the name says ${hex64(nameZxid)}, the first record is ${hex64(firstZxid)}: servers read it in the place of its name`,
      file,
      offset: LOG_HEADER_BYTES,
      zxid: firstZxid,
      evidence: { nameZxid, servers: SERVERS['name-mismatch'] },
      remedy: `While the server is stopped rename it to log.${BigInt.asUintN(64, firstZxid).toString(16)}, if there is none and the chain is continuous then.`,
    },
  ]
}

/** Names that servers from 3.6 on read as a log, and 3.4 and 3.5 do not see. */
export function strayFindings(logs: readonly LogFile[]): Finding[] {
  return logs.flatMap(({ file, nameZxid, stray }) => {
    if (stray === false) return []
    const only = !logs.some((other) => other.stray === false && other.nameZxid === nameZxid)
    const servers = stray === 'copy' ? SERVERS['stray-copy'] : SERVERS['stray-copy.compressed']
    const does =
      stray === 'copy' ? 'read this copy as a log of its own' : 'take this file for a log and refuse to start'
    return [
      {
        code: 'log.stray-copy',
        severity: stray === 'copy' ? 'warning' : 'error',
        message: `servers from 3.6 on ${does}; 3.4 and 3.5 do not see it${only ? ', a silent hole there if its records are nowhere else' : ''}`,
        file,
        evidence: { onlyCopy: only, servers },
        remedy: only
          ? `If it belongs to the chain, name it log.${BigInt.asUintN(64, nameZxid ?? 0n).toString(16)}${stray === 'compressed' ? ' and unpack it' : ''}; otherwise move it out of version-2.`
          : 'Move it out of version-2.',
      },
    ]
  })
}

export function folderFindings(folders: readonly string[]): Finding[] {
  return folders.map((file) => ({
    code: 'log.directory',
    severity: 'error',
    message: 'a directory has the name of a log: servers refuse to start (FileNotFoundException)',
    file,
    evidence: { servers: SERVERS.directory },
    remedy: 'Move it out of version-2.',
  }))
}

interface Headed {
  readonly file: string
  readonly header: LogHeader
}

/** Headers that no server writes: another version than 2, a database id other than 0 or than the other logs'. */
export function headerFindings(logs: readonly Headed[]): Finding[] {
  const usual = usualDbId(logs)
  return logs.flatMap(({ file, header: { version, dbId } }) => {
    const findings: Finding[] = []
    if (version !== 2) {
      findings.push({
        code: 'log.header-version',
        severity: 'warning',
        message: `the header says version ${version}; every release writes 2 and none looks at it`,
        file,
        offset: 4,
        evidence: { version, servers: SERVERS['header-field'] },
        remedy: 'None needed for the records; find out what wrote the header.',
      })
    }
    if (dbId !== 0n || dbId !== usual) {
      const foreign = dbId !== usual
      findings.push({
        code: 'log.foreign-dbid',
        severity: foreign ? 'error' : 'warning',
        message: foreign
          ? `the database id is ${hex64(dbId)}, that of the other logs ${hex64(usual)}: servers replay it all the same`
          : `the database id is ${hex64(dbId)}; every server writes 0 and none looks at it`,
        file,
        offset: 8,
        evidence: { dbId, others: foreign ? usual : null, servers: SERVERS['header-field'] },
        remedy: foreign
          ? 'Find out whether the log belongs to this history (zkops log diff with another member) before any start; if not, move it out of version-2.'
          : 'None needed if all logs come from the same place.',
      })
    }
    return findings
  })
}

/** The database id of most logs; 0, which every server writes, where there is no majority. */
function usualDbId(logs: readonly Headed[]): bigint {
  const counts = new Map<bigint, number>()
  for (const { header } of logs) counts.set(header.dbId, (counts.get(header.dbId) ?? 0) + 1)
  const most = [...counts].find(([, count]) => count * 2 > logs.length)
  return most?.[0] ?? 0n
}

import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-M11',
    code: 'config.out-of-memory',
    level: 'LOW',
    summary: 'A server without memory leaves no trace or lives on.',
    cause:
      'zkServer.sh dumps the heap and ends the process when memory runs out; a flag in java.env switches that off.',
    evidence: 'The flag.',
    remedy: 'Remove it.',
    source: 'administration guide; zkServer.sh',
  },
  function* (member) {
    for (const flag of member.jvm?.others ?? []) {
      if (/^-XX:-(HeapDumpOn|ExitOn|CrashOn)OutOfMemoryError$/.test(flag))
        yield { key: flag, message: `${member.jvm!.file} sets ${flag}` }
    }
  },
)

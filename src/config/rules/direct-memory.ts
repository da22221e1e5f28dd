import { isNetty } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-M04',
    code: 'config.direct-memory',
    level: 'HIGH',
    summary: 'Netty may take as much memory again as the heap.',
    cause: 'Without -XX:MaxDirectMemorySize the limit of direct memory is about -Xmx.',
    evidence: 'java.env.',
    remedy: 'Set -XX:MaxDirectMemorySize, e.g. 512m.',
    source: 'java.nio.Bits; Netty',
  },
  function* (member) {
    if (member.jvm !== null && member.jvm.directBytes === null && isNetty(member)) {
      yield { key: '-XX:MaxDirectMemorySize', message: 'Netty is used and -XX:MaxDirectMemorySize is not set' }
    }
  },
)

import { expect, test } from 'vitest'
import { likeness, readEnsemble } from '../../src/config/ensemble.ts'

const ensemble = (...values: string[]) =>
  readEnsemble(values.map((value, i) => ({ key: `server.${i + 1}`, value, file: 'zoo.cfg', line: i + 1 })))
const known = ensemble('zk1:2888:3888', 'zk2:2888:3888:participant;2181', 'zk3:2888:3888')

test.each<[string, readonly string[], boolean]>([
  ['the same', ['zk1:2888:3888', 'zk2:2888:3888', 'ZK3:2888:3888:observer'], true],
  ['a member names itself by the wildcard', ['0.0.0.0:2888:3888', 'zk2:2888:3888', 'zk3:2888:3888'], true],
  ['one has moved', ['zk1:2888:3888', 'zk2:2888:3888', 'zk9:2888:3888'], true],
  ['more of them', ['zk1:2888:3888', 'zk2:2888:3888', 'zk3:2888:3888', 'zk4:2888:3888'], true],
  ['one of several addresses', ['10.0.0.1:2888:3888|zk1:2888:3888'], true],
  ['other hosts', ['b1:2888:3888', 'b2:2888:3888', 'b3:2888:3888'], false],
  ['other ports', ['zk1:2890:3890', 'zk2:2890:3890', 'zk3:2890:3890'], false],
  ['one in common, two not', ['zk1:2888:3888', 'b2:2888:3888', 'b3:2888:3888'], false],
  ['nothing but wildcards', ['0.0.0.0:2888:3888', '[::]:2888:3888'], false],
])('whether two memberships are of one ensemble: %s', (_title, values, expected) => {
  expect(likeness(ensemble(...values), known) > 0).toBe(expected)
  expect(likeness(known, ensemble(...values)) > 0).toBe(expected)
})

import { expect, test } from 'vitest'
import { jsonLine } from '../../src/render/json.ts'

test('64-bit values are unsigned lower-case hex', () => {
  expect(jsonLine({ zero: 0n, zxid: 0x1abn, dbId: -1n, none: null, absent: undefined })).toBe(
    '{"zero":"0x0","zxid":"0x1ab","dbId":"0xffffffffffffffff","none":null}\n',
  )
})

import { expect, test } from 'vitest'
import { jsonLine } from '../../src/render/json.ts'

test('64-bit values are unsigned lower-case hex', () => {
  expect(jsonLine({ zero: 0n, zxid: 0x1abn, dbId: -1n, none: null, absent: undefined })).toBe(
    '{"zero":"0x0","zxid":"0x1ab","dbId":"0xffffffffffffffff","none":null}\n',
  )
})

test('what terminals obey and what splits lines is escaped, and means the same', () => {
  const value = 'a\u001b\u007f\u0085\u009b\u2028\u2029é'
  const line = jsonLine({ value })
  expect(line).toBe('{"value":"a\\u001b\\u007f\\u0085\\u009b\\u2028\\u2029é"}\n')
  expect(JSON.parse(line)).toEqual({ value })
})

import { expect, test } from 'vitest'
import { didYouMean } from '../../src/support/did-you-mean.ts'

const commands = ['log dump', 'log verify', 'sandbox up', 'sandbox down', 'explain']

test.each([
  ['log dmup', 'log dump'],
  ['log verfy', 'log verify'],
  ['sandbox dwon', 'sandbox down'],
  ['EXPLAIN', 'explain'],
])('%s is meant as %s', (typed, meant) => {
  expect(didYouMean(typed, commands)).toBe(meant)
})

test.each(['xyz', 'quorum', ''])('%j is near nothing', (typed) => {
  expect(didYouMean(typed, commands)).toBeUndefined()
})

import { describe, expect, test } from 'vitest'
import { pathGlob } from '../../src/support/path-glob.ts'

describe('matches', () => {
  test.each([
    ['/app', '/app'],
    ['/app/*', '/app/a'],
    ['/app/**', '/app/a/b/c'],
    ['/**/lock-*', '/app/locks/lock-0000000001'],
    ['/app/?', '/app/x'],
    ['**', '/'],
    ['/app**', '/app'],
    ['/größe/*', '/größe/日本'],
    ['/a.b(c)[d]+{e}', '/a.b(c)[d]+{e}'],
    ['/with\\*star', '/with*star'],
    ['/*', '/line\nbreak'],
    ['/?', '/🚀'],
  ])('%s: %s', (pattern, path) => expect(pathGlob(pattern)(path)).toBe(true))
})

describe('does not match', () => {
  test.each([
    ['/app', '/app/a'],
    ['/app/*', '/app/a/b'],
    ['/app/*', '/app'],
    ['/app/**', '/app'],
    ['/app/?', '/app/'],
    ['/a.b', '/axb'],
    ['/with\\*star', '/withstar'],
    ['', '/'],
  ])('%s: %s', (pattern, path) => expect(pathGlob(pattern)(path)).toBe(false))
})

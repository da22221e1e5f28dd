import { afterEach } from 'vitest'

delete process.env.FORCE_COLOR
Object.assign(globalThis, { oclif: { enableAutoTranspile: false } })

afterEach(() => {
  process.exitCode = undefined
})

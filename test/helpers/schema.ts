import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'vitest'
import { jsonText } from '../../src/render/json.ts'
import { SCHEMAS } from '../../src/schemas/index.ts'

/** Holds a result, as `--json` prints it, against its published schema. */
export async function expectValid(name: string, result: unknown): Promise<void> {
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(await SCHEMAS[name]!())
  validate(JSON.parse(jsonText(result)))
  expect(validate.errors ?? []).toEqual([])
}

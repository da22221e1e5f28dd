/*
 * Holds a value against a JSON Schema as far as our own schemas of files go: type, enum, pattern, minimum, maximum,
 * minItems, required, properties, additionalProperties, propertyNames, items. As in JSON Schema, a keyword says something
 * about values of its own type only. The schemas do not refer to themselves, so the walk is as deep as the schema.
 */
import { didYouMean } from './did-you-mean.ts'

type TypeName = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object'

export interface FileSchema {
  readonly type?: TypeName | readonly TypeName[]
  readonly enum?: readonly (string | number | boolean | null)[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, FileSchema>>
  readonly additionalProperties?: boolean | FileSchema
  readonly propertyNames?: FileSchema
  readonly items?: FileSchema
  /** What the field is, in words; named when a value does not fit. */
  readonly description?: string
  readonly examples?: readonly unknown[]
}

export interface SchemaProblem {
  /** `unknown`: a field that the schema does not have; it is without effect, where the others are wrong. */
  readonly kind: 'unknown' | 'missing' | 'wrong'
  readonly path: readonly (string | number)[]
  /** What is wrong, without the path. */
  readonly message: string
  /** The field that was probably meant. */
  readonly near?: string | undefined
}

type Path = SchemaProblem['path']

export function schemaProblems(value: unknown, schema: FileSchema, path: Path = []): readonly SchemaProblem[] {
  const types = schema.type === undefined ? [] : [schema.type].flat()
  const wrong = (message: string): readonly SchemaProblem[] => [{ kind: 'wrong', path, message }]
  if (types.length > 0 && !types.some((type) => isOf(type, value))) {
    return wrong(`expected ${types.map((type) => WORDS[type]).join(' or ')}, found ${shown(value)}`)
  }
  if (schema.enum !== undefined && !schema.enum.includes(value as string)) {
    return wrong(`expected ${schema.enum.map(String).join(' or ')}, found ${shown(value)}`)
  }
  if (typeof value === 'string' && schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value)) {
    return wrong(`${shown(value)} is not ${schema.examples === undefined ? 'allowed' : `like ${schema.examples[0]}`}`)
  }
  if (typeof value === 'number') {
    const { minimum = -Infinity, maximum = Infinity } = schema
    return value < minimum || value > maximum
      ? wrong(`expected a number from ${minimum} to ${maximum}, found ${value}`)
      : []
  }
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0)) return wrong('expected at least one entry')
    const { items } = schema
    return items === undefined ? [] : value.flatMap((one, i) => schemaProblems(one, items, [...path, i]))
  }
  return isRecord(value) ? recordProblems(value, schema, path) : []
}

function recordProblems(
  value: Readonly<Record<string, unknown>>,
  schema: FileSchema,
  path: Path,
): readonly SchemaProblem[] {
  const { required = [], properties = {}, additionalProperties = true, propertyNames } = schema
  const missing = required.filter((name) => !Object.hasOwn(value, name))
  const problems: SchemaProblem[] = missing.map((name) => {
    return { kind: 'missing', path, message: `${name} is missing` }
  })
  for (const [name, one] of Object.entries(value)) {
    const own = [...path, name]
    if (Object.hasOwn(properties, name)) problems.push(...schemaProblems(one, properties[name]!, own))
    else if (additionalProperties === false) {
      problems.push({ kind: 'unknown', path: own, ...unknownField(name, Object.keys(properties)) })
    } else {
      if (propertyNames !== undefined) problems.push(...schemaProblems(name, propertyNames, own))
      if (additionalProperties !== true) problems.push(...schemaProblems(one, additionalProperties, own))
    }
  }
  return problems
}

function unknownField(name: string, known: readonly string[]): Pick<SchemaProblem, 'message' | 'near'> {
  const near = didYouMean(name, known)
  return { message: 'there is no such field', near }
}

const WORDS: Readonly<Record<TypeName, string>> = {
  null: 'null',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  string: 'text',
  array: 'a list',
  object: 'fields',
}

function isOf(type: TypeName, value: unknown): boolean {
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return isRecord(value)
  if (type === 'integer') return Number.isSafeInteger(value)
  return typeof value === type
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'fields'
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

/**
 * Replaces every `{{name}}`. Strict: a name without a value and a value that is not used are errors, so that a template
 * and the code that fills it cannot drift apart. Nothing in a template is ever executed.
 */
export function renderTemplate(template: string, values: Readonly<Record<string, string | number>>): string {
  const unused = new Set(Object.keys(values))
  const text = template.replace(/\{\{\s*([\w.-]+)\s*\}\}/g, (_, name: string) => {
    unused.delete(name)
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined) throw new Error(`the template wants {{${name}}}, which has no value`)
    return String(value)
  })
  if (unused.size > 0) throw new Error(`the template does not use ${[...unused].join(', ')}`)
  return text
}

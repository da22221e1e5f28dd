/*
 * JSON as it can be printed again: numbers that a double cannot hold become strings of their digits, and what is nested
 * too deep for a writer that recurses is refused.
 */
const MAX_DEPTH = 500

/** Null when it is no JSON. */
export function parseJson(text: string): { readonly value: unknown } | null {
  if (depthOf(text) > MAX_DEPTH) return null
  try {
    const value: unknown = JSON.parse(text)
    return { value: /\d{16}|[eE]\+?\d{3}/.test(text) ? JSON.parse(exactNumbers(text)) : value }
  } catch {
    return null
  }
}

/** `text` must be JSON. */
function exactNumbers(text: string): string {
  let inString = false
  return text.replace(/\\.|"|-?\d[\d.eE+-]*/g, (token) => {
    if (token === '"') inString = !inString
    else if (!inString && !isExact(token)) return `"${token}"`
    return token
  })
}

function isExact(number: string): boolean {
  const value = Number(number)
  return /^-?\d+$/.test(number) ? Number.isSafeInteger(value) : Number.isFinite(value)
}

function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (inString) {
      if (char === '\\') i++
      else if (char === '"') inString = false
    } else if (char === '"') inString = true
    else if (char === '{' || char === '[') deepest = Math.max(deepest, ++depth)
    else if (char === '}' || char === ']') depth--
  }
  return deepest
}

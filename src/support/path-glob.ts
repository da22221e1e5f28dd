/**
 * A test for slash-separated paths: `*` stands for anything within a component, `**` for anything across components,
 * `?` for one character, `\` takes the next character as it is. The whole path must match, so `/app/**` is what lies
 * below /app.
 */
export function pathGlob(pattern: string): (path: string) => boolean {
  let source = ''
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!
    if (char === '*' && pattern[i + 1] === '*') {
      source += '.*'
      while (pattern[i + 1] === '*') i++
    } else if (char === '*') source += '[^/]*'
    else if (char === '?') source += '[^/]'
    else source += escaped(char === '\\' && i + 1 < pattern.length ? pattern[++i]! : char)
  }
  const regexp = new RegExp(`^${source}$`, 'su')
  return (path) => regexp.test(path)
}

function escaped(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char
}

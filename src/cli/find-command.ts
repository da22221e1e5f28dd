/** The longest run of leading words that names a command (`log dump` and `log:dump` alike), and what follows it. */
export function findCommand(
  ids: readonly string[],
  argv: readonly string[],
): { id: string | undefined; rest: string[] } {
  const firstFlag = argv.findIndex((word) => word.startsWith('-'))
  for (let n = firstFlag === -1 ? argv.length : firstFlag; n > 0; n--) {
    const id = argv.slice(0, n).join(':')
    if (ids.includes(id)) return { id, rest: argv.slice(n) }
  }
  return { id: undefined, rest: [...argv] }
}

// Takes the lock of an ensemble, says so, and keeps it until it is killed.
import { withEnsembleLock } from '../../src/operations/journal/ensemble-lock.ts'

await withEnsembleLock(process.argv[2]!, () => {
  console.log('locked')
  return new Promise((resolve) => setTimeout(resolve, 60_000))
})

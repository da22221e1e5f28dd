/* Where other members keep their logs: apart from their data when a zoo.cfg says so. */
import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { zxidFromName } from '../../datadir/names.ts'
import { directoriesOf, rootOf } from '../data-dir/place.ts'

/** Of each peer, a directory or a zoo.cfg, the place of its logs. Throws `input.*` of a zoo.cfg that was named. */
export function peerFolders(peers: readonly string[]): Promise<readonly string[]> {
  return Promise.all(peers.map(peerFolder))
}

async function peerFolder(peer: string): Promise<string> {
  const stat = statSync(peer, { throwIfNoEntry: false })
  if (stat === undefined) return peer
  if (!stat.isDirectory()) {
    if (zxidFromName(basename(peer), 'log') !== undefined) return peer
    const { dataDir, dataLogDir } = await directoriesOf(peer)
    return dataLogDir ?? dataDir
  }
  const root = rootOf(peer)
  for (const folder of [root, dirname(resolve(root))]) {
    const config = join(folder, 'zoo.cfg')
    if (!existsSync(config)) continue
    const named = await directoriesOf(config).catch(() => undefined)
    // that of another member, or of another machine, says nothing of this one
    if (named?.dataLogDir === undefined || named.dataDir !== resolve(root) || !existsSync(named.dataLogDir)) continue
    return named.dataLogDir
  }
  return peer
}

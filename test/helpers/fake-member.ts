import { createServer, type Server, type Socket } from 'node:net'

/** What a port does with whoever connects: answers by word, or misbehaves. */
export type FakeBehaviour =
  | { readonly kind: 'words'; readonly words: Readonly<Record<string, string>> }
  /** An HTTP server: answers by the first line of the request. */
  | { readonly kind: 'pages'; readonly pages: Readonly<Record<string, string>> }
  /** Takes connections and never says a word. */
  | { readonly kind: 'silent' }
  /** Random bytes, then the end. */
  | { readonly kind: 'garbage'; readonly bytes: Buffer }
  /** Sends without end. */
  | { readonly kind: 'endless' }
  /** The beginning of a true answer, and no end. */
  | { readonly kind: 'half'; readonly text: string }

export interface FakeMember extends AsyncDisposable {
  readonly port: number
}

export async function fakeMember(behaviour: FakeBehaviour, port = 0): Promise<FakeMember> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    answer(socket, behaviour)
  })
  await listening(server, port)
  return {
    port: (server.address() as { port: number }).port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

function answer(socket: Socket, behaviour: FakeBehaviour): void {
  if (behaviour.kind === 'silent') return
  if (behaviour.kind === 'garbage') return void socket.end(behaviour.bytes)
  if (behaviour.kind === 'half') return void socket.write(behaviour.text)
  if (behaviour.kind === 'endless') {
    const more = () => {
      while (socket.writable && socket.write('zk_key\t1\n'.repeat(1000)));
    }
    socket.on('drain', more)
    return more()
  }
  socket.once('data', (data) => {
    const word = data.toString()
    if (behaviour.kind === 'pages') return void socket.end(behaviour.pages[word.split('\r\n', 1)[0]!] ?? '')
    socket.end(behaviour.words[word] ?? `${word} is not executed because it is not in the whitelist.\n`)
  })
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.on('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
}

export interface FakeServer {
  readonly id: number
  readonly mode: 'leader' | 'follower' | 'observer' | 'standalone'
  readonly zxid: string
  readonly version?: string
  /** Lines behind `membership:`. */
  readonly membership?: readonly string[]
}

/** The answers of a real server in its own form. */
export function fakeWords({ id, mode, zxid, version = '3.9.5', membership = [] }: FakeServer): Record<string, string> {
  const srvr = [
    `Zookeeper version: ${version}-293c895a, built on 2026-02-11 20:18 UTC`,
    ...['Latency min/avg/max: 0/0.5/9', 'Received: 10', 'Sent: 9', 'Connections: 2', 'Outstanding: 0'],
    ...[`Zxid: ${zxid}`, `Mode: ${mode}`, 'Node count: 5'],
  ]
  const conf = ['clientPort=2181', 'tickTime=2000', `serverId=${id}`, 'initLimit=10', 'syncLimit=5', 'membership: ']
  return { srvr: `${srvr.join('\n')}\n`, conf: [...conf, ...membership].join('\n') }
}

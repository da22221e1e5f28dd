# Runs a program in a pseudo-terminal of a given size: what it prints goes to stdout as lines of JSON, and lines of JSON on
# stdin say what happens to it. Ends with how it ended, and the terminal's settings before and after.
import base64, fcntl, json, os, select, signal, struct, subprocess, sys, termios

rows, cols, argv = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]


def tell(**what):
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def resize(rows, cols):
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))


def settings():
    return subprocess.run(["stty", "-a"], stdin=slave, capture_output=True, text=True).stdout


master, slave = os.openpty()
resize(rows, cols)
before = settings()
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2):
        os.dup2(slave, fd)
    os.closerange(3, 256)
    os.execvp(argv[0], argv)
tell(pid=pid)

commands, hung = b"", False
while True:
    watched = [sys.stdin.fileno()] + ([] if hung else [master])
    ready, _, _ = select.select(watched, [], [], 0.05)
    if master in ready:
        tell(out=base64.b64encode(os.read(master, 65536)).decode())
        continue
    if sys.stdin.fileno() in ready:
        piece = os.read(sys.stdin.fileno(), 65536)
        commands += piece
        *lines, commands = commands.split(b"\n")
        for line in lines:
            what = json.loads(line)
            if "send" in what:
                os.write(master, what["send"].encode())
            if "resize" in what:
                resize(*what["resize"])
            if "signal" in what:
                os.kill(pid, getattr(signal, what["signal"]))
            if "hangup" in what:
                os.close(slave)
                os.close(master)
                hung = True
        if not piece:
            os.kill(pid, signal.SIGKILL)
    ended, status = os.waitpid(pid, os.WNOHANG)
    if ended:
        break

while not hung and select.select([master], [], [], 0.1)[0]:
    tell(out=base64.b64encode(os.read(master, 65536)).decode())
tell(code=os.waitstatus_to_exitcode(status), before=before, after=None if hung else settings())

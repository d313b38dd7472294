"""What sweep, cycles and crowd have in common: the program with roots of its own, and what it leaves on the host.

Needs root, util-linux, iproute2, nftables and Debian's busybox-static. Everything is removed at the end.
"""
import os, re, shutil, signal, sqlite3, subprocess, sys, tempfile, time, urllib.request

HERE = os.path.dirname(os.path.realpath(__file__))
# A project with a volume, a published port, a network and an order.
FILE = """name: NAME
services:
  a:
    image: busybox
    command: sh -c 'trap "exit 0" TERM; httpd -p 80 -h /data; while :; do sleep 0.1; done'
    environment: {MARK: "${MARK:-1}"}
    ports: ["127.0.0.1:18080:80"]
    volumes: [data:/data, /anonymous]
    restart: always
  b:
    image: busybox
    command: sh -c 'trap "exit 0" TERM; while :; do sleep 0.1; done'
    depends_on: [a]
    volumes: [/anonymous]
volumes:
  data:
"""
PATIENCE = 60


class Finding(Exception):
    pass


class Testbed:
    """Projects by the names of their files, of which `compose` is the usual one."""

    def __init__(self, binary, folder, **files):
        self.binary, self.folder = binary, folder
        # Ids of all containers that there have been.
        self.containers = set()
        self.name = "test" + os.path.basename(folder)[-6:].lower()
        self.environment = dict(
            os.environ, COMPOSE_DATA_ROOT=folder + "/data", COMPOSE_RUN_ROOT=folder + "/run", HOME=folder)
        self.projects = list(files)
        for name, text in files.items():
            with open(f"{folder}/{name}.yaml", "w") as file:
                file.write(text.replace("NAME", self.name + name))
        image = folder + "/busybox.tar"
        subprocess.run([HERE + "/busybox-image", image], check=True, stdout=subprocess.DEVNULL)
        self.compose("image", "load", "-i", image)
        os.unlink(image)

    # Commands

    def words(self, arguments, project="compose"):
        return [self.binary, "-f", f"{self.folder}/{project}.yaml", *arguments]

    def compose(self, *arguments, mark="1", may_fail=False, project="compose"):
        """Runs to the end; a finding when it fails or does not end."""
        environment = dict(self.environment, MARK=mark)
        try:
            done = subprocess.run(
                self.words(arguments, project), env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                text=True, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            raise Finding(f"`{' '.join(arguments)}` does not end")
        if done.returncode and not may_fail:
            raise Finding(f"`{' '.join(arguments)}` ends with {done.returncode}: {done.stderr.strip()[-400:]}")
        return done

    # Processes

    def processes(self):
        """Supervisors and keepers of this sweep: process id to kind, without zombies."""
        found = {}
        for entry in os.listdir("/proc"):
            words = self.arguments(entry) if entry.isdigit() else []
            if words[1:2] == [b"__supervisor"] and (self.folder + "/data").encode() in words:
                kind = "supervisor"
            elif words[:1] == [b"compose: keeper"] and self.has_files(entry):
                kind = "keeper"
            else:
                continue
            try:
                with open(f"/proc/{entry}/stat") as file:
                    if file.read().rpartition(")")[2].split()[0] != "Z":
                        found[int(entry)] = kind
            except OSError:
                continue
        return found

    def has_files(self, pid):
        try:
            files = [os.readlink(f"/proc/{pid}/fd/{number}") for number in os.listdir(f"/proc/{pid}/fd")]
        except OSError:
            return False
        return any(file.startswith(self.folder + "/") for file in files)

    def contained(self):
        """Processes of containers: what they are mounted on lies here."""
        found = []
        for entry in os.listdir("/proc"):
            try:
                with open(f"/proc/{entry}/mountinfo") as file:
                    if entry.isdigit() and f"upperdir={self.folder}" in file.read():
                        found.append(int(entry))
            except OSError:
                continue
        return found

    @staticmethod
    def arguments(pid):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                return file.read().split(b"\0")
        except OSError:
            return []

    # The host

    def things(self):
        """What is on the host and may be ours."""
        things = {f"process {pid}" for pid in [*self.processes(), *self.contained()]}
        # Not from /sys, which is another network namespace's.
        links = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True).stdout
        things |= {"link " + line.split(":")[1].strip() for line in links.splitlines()}
        tables = subprocess.run(["nft", "list", "tables"], capture_output=True, text=True).stdout
        things |= {"nft " + line for line in tables.splitlines()}
        with open("/proc/self/mountinfo") as file:
            things |= {"mount " + line.split()[4] for line in file if self.folder in line}
        for kind in ("containers", "volumes", "tmp"):
            folder = f"{self.folder}/data/{kind}"
            things |= {f"{kind}/{name}" for name in (os.listdir(folder) if os.path.isdir(folder) else [])}
        folder = f"{self.folder}/run/projects"
        things |= {"run/" + name for name in (os.listdir(folder) if os.path.isdir(folder) else [])}
        for _, folders, _ in os.walk("/sys/fs/cgroup"):
            things |= {"cgroup " + name for name in folders if name in self.containers}
        return things

    def note_containers(self):
        folder = self.folder + "/data/containers"
        self.containers |= set(os.listdir(folder) if os.path.isdir(folder) else [])

    def check_record(self):
        connection = sqlite3.connect(self.folder + "/data/state.sqlite")
        try:
            answer = connection.execute("pragma integrity_check").fetchone()[0]
        finally:
            connection.close()
        if answer != "ok":
            raise Finding(f"the record is damaged: {answer}")

    def await_page(self, wanted):
        """What lies in the volume comes through the published port."""
        deadline = time.monotonic() + 5
        while True:
            try:
                with urllib.request.urlopen("http://127.0.0.1:18080/seed", timeout=2) as answer:
                    found = answer.read().decode().strip()
            except OSError as error:
                found = error
            if found == wanted:
                return
            if time.monotonic() > deadline:
                raise Finding(f"the published port gives {found!r} of the volume and not {wanted!r}")
            time.sleep(0.02)

    def circumstances(self):
        """What there is to be seen after a finding: lines."""
        lines = self.compose("doctor", may_fail=True).stdout.splitlines()
        lines += self.compose("ps", "-a", may_fail=True).stdout.splitlines()
        for folder in (self.folder + "/data", self.folder + "/run"):
            for path, _, names in os.walk(folder):
                if path.endswith("/made"):
                    lines += [f"noted network {name}" for name in names]
                for name in names:
                    if name.endswith(".log"):
                        with open(f"{path}/{name}", errors="replace") as file:
                            lines += file.read().splitlines()[-6:]
        return lines

    def clean(self):
        """After a finding, so that the next point begins on a clean host."""
        for project in self.projects:
            self.compose("down", "-v", "-t", "1", may_fail=True, project=project)
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


def run(program, binary, body, **files):
    """Calls `body` with a testbed, in network and mount namespaces of its own: what others do on this host is not seen,
    and what is left here goes with it."""
    if os.geteuid():
        sys.exit(f"{program}: needs root")
    if not os.environ.get("COMPOSE_TESTBED"):
        os.environ["COMPOSE_TESTBED"] = "1"
        os.execvp("unshare", ["unshare", "--net", "--mount", sys.executable, *sys.argv])
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = tempfile.mkdtemp(prefix=f"compose-{program}-")
    testbed = None
    try:
        testbed = Testbed(os.path.realpath(binary), folder, **files)
        return body(testbed)
    finally:
        if testbed and testbed.processes():
            testbed.clean()
        shutil.rmtree(folder, ignore_errors=True)

"""A Slurm of one node on this machine, for a test: munged, slurmctld and slurmd in a folder of their own, no systemd, no
cgroups, no accounting. Wants root (slurmd starts jobs as their users) and Debian's slurm-wlm and munge."""

import os
import pathlib
import secrets
import shutil
import socket
import subprocess
import time

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel", "sinfo")
START_S = 60


class CannotStart(Exception):
    """Why there is no Slurm here."""


def find(program):
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def free_ports(count):
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


class Slurm:
    """with Slurm(folder) as slurm: slurm.environment has SLURM_CONF."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.daemons = []
        self.environment = dict(os.environ, SLURM_CONF=str(self.folder / "slurm.conf"))
        for name in list(self.environment):
            if name.startswith(("SLURM_", "SBATCH_")) and name != "SLURM_CONF":
                del self.environment[name]  # of a job that this may itself be

    def __enter__(self):
        missing = [name for name in PROGRAMS if not find(name)]
        if missing:
            raise CannotStart(f"no {', '.join(missing)} (apt-get install slurm-wlm munge)")
        if os.geteuid() != 0:
            raise CannotStart("not root")
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self.folder.chmod(0o755)  # munged wants a socket that all can reach
        key = self.folder / "munge.key"
        key.write_bytes(secrets.token_bytes(128))
        key.chmod(0o400)
        self.write_configuration()
        self.write_srun()
        self.daemon("munged", "--foreground", "--force", f"--key-file={key}", f"--socket={self.folder / 'munge.socket'}",
                    f"--pid-file={self.folder / 'munged.pid'}", f"--seed-file={self.folder / 'munged.seed'}",
                    f"--log-file={self.folder / 'munged.log'}")
        self.wait_for("munged's socket", (self.folder / "munge.socket").exists)
        self.daemon("slurmctld", "-D", "-c", "-f", self.folder / "slurm.conf")
        self.daemon("slurmd", "-D", "-N", "here", "-f", self.folder / "slurm.conf")
        self.wait_for("an idle node", lambda: self.ask("sinfo", "-h", "-o", "%T") == "idle")

    def write_configuration(self):
        controller, node = free_ports(2)
        for name in ("state", "spool"):
            (self.folder / name).mkdir()
        memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20 - 100
        # MinJobAge: how long squeue still knows a job that has ended.
        (self.folder / "slurm.conf").write_text(f"""\
ClusterName=here
SlurmctldHost={socket.gethostname()}(127.0.0.1)
SlurmctldPort={controller}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={self.folder}/munge.socket
CredType=cred/munge
StateSaveLocation={self.folder}/state
SlurmdSpoolDir={self.folder}/spool
SlurmctldPidFile={self.folder}/slurmctld.pid
SlurmdPidFile={self.folder}/slurmd.pid
SlurmctldLogFile={self.folder}/slurmctld.log
SlurmdLogFile={self.folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerType=sched/backfill
SchedulerParameters=sched_min_interval=100000,batch_sched_delay=0,bf_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
MinJobAge=300
KillWait=2
NodeName=here NodeHostname={socket.gethostname()} NodeAddr=127.0.0.1 Port={node} CPUs={os.cpu_count()} RealMemory={memory_mb}
PartitionName=main Nodes=here Default=YES MaxTime=INFINITE State=UP
""")

    def write_srun(self):
        # Snakemake's executor takes SLURM_CONF out of a job's environment before it calls srun: elsewhere the configuration
        # lies where Slurm looks by itself.
        script = self.folder / "bin" / "srun"
        script.parent.mkdir()
        script.write_text(f'#!/bin/sh\nSLURM_CONF={self.folder}/slurm.conf exec {find("srun")} "$@"\n')
        script.chmod(0o755)
        self.environment["PATH"] = f"{script.parent}:{self.environment.get('PATH', '/usr/bin:/bin')}"

    def daemon(self, name, *arguments):
        log = open(self.folder / f"{name}.out", "wb")
        self.daemons.append(subprocess.Popen([find(name), *map(str, arguments)], env=self.environment, stdout=log,
                                             stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL))
        log.close()

    def wait_for(self, what, condition):
        end = time.monotonic() + START_S
        while not condition():
            ended = [d for d in self.daemons if d.poll() is not None]
            if ended or time.monotonic() > end:
                why = f"{pathlib.Path(ended[0].args[0]).name} ended" if ended else f"waited {START_S} s in vain"
                raise CannotStart(f"{what}: {why}\n{self.logs()}")
            time.sleep(0.2)

    def logs(self, lines=12):
        text = ""
        for file in [*self.folder.glob("slurm*.log"), self.folder / "munged.out"]:
            last = file.read_text(errors="replace").splitlines()[-lines:]
            text += "".join(f"{file.name}: {line}\n" for line in last)
        return text

    def ask(self, program, *arguments):
        result = subprocess.run([find(program), *map(str, arguments)], env=self.environment, capture_output=True,
                                text=True, check=False, timeout=60)
        return result.stdout.strip() if result.returncode == 0 else ""

    def jobs(self):
        """{id: (state, name)} of those that wait or run."""
        lines = self.ask("squeue", "-h", "-o", "%i %T %k %j").splitlines()
        return {line.split()[0]: (line.split()[1], line) for line in lines}

    def stop(self):
        for daemon in reversed(self.daemons):
            daemon.terminate()
        for daemon in self.daemons:
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        self.daemons = []

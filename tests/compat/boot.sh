# usage: sh boot.sh LOWER SCRATCH BUILD RUNTIME LOGS KEEP PREPARE -- PROGRAM...     as the first process of its namespaces
# Makes a Debian root the root of this mount namespace, writable and as the packages left it but for what is enabled:
# the links to the units in KEEP (names, parted by spaces) stay, others go. Runs the shell script PREPARE in it, and
# becomes PROGRAM.
set -eu
lower=$1 scratch=$2 build=$3 runtime=$4 logs=$5 keep=$6 prepare=$7
shift 8
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$scratch"
mkdir "$scratch/upper" "$scratch/work" "$scratch/root"
root=$scratch/root
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$scratch/upper,workdir=$scratch/work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup" 2>/dev/null || :
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for node in null zero full random urandom tty; do
	: >"$root/dev/$node"
	mount --bind "/dev/$node" "$root/dev/$node"
done
for name in fd:fd stdin:fd/0 stdout:fd/1 stderr:fd/2; do ln -s "/proc/self/${name#*:}" "$root/dev/${name%%:*}"; done
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mkdir -p -m 1777 "$root/run/lock"
mkdir -p "$root/run/svinit" "$root/var/log/svinit" "$root/opt/svinit"
mount --bind "$runtime" "$root/run/svinit"
mount --bind "$logs" "$root/var/log/svinit"
mount --bind "$build" "$root/opt/svinit"
for link in "$root"/etc/systemd/system/*.wants/* "$root"/etc/systemd/system/*.requires/*; do
	case " $keep " in
	*" ${link##*/} "*) ;;
	*) rm -f "$link" ;;
	esac
done
ip link set lo up
# An address that is not the loopback's: some would have nothing to do without.
ip link add uplink type veth peer name beyond 2>/dev/null && ip link set beyond up && ip address add 192.0.2.2/24 dev uplink && ip link set uplink up || :
hostname compat
grep -q compat "$root/etc/hosts" || echo '127.0.1.1 compat' >>"$root/etc/hosts"
# What systemd-tmpfiles would have made; packages count on it.
if [ -x "$root/usr/bin/systemd-tmpfiles" ]; then
	chroot "$root" systemd-tmpfiles --create --exclude-prefix=/dev --exclude-prefix=/proc --exclude-prefix=/sys \
		>/dev/null 2>&1 || :
fi
[ -z "$prepare" ] || chroot "$root" sh -ec "$prepare"
cd "$root"
mkdir -p "$root/mnt"
pivot_root . mnt
umount -l /mnt
exec "$@" </dev/null

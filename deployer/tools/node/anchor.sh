# The first process of a node's namespaces: it arranges the mounts and then holds the namespaces open.
# Arguments: the node's directory, the directory of the pinned programs.
set -eu

# Directories are held open, since the mounts below may hide where they are.
exec 3<"$1" 4<"$2"

# What components would leave on the host (sockets, locks, network caches) they leave here.
for hidden in /run /var/lib /var/log; do
    mount -t tmpfs -o mode=755 tmpfs "$hidden"
done
mkdir /run/deployer /run/deployer-tools /run/tunables
mount --no-canonicalize --bind /proc/self/fd/3 /run/deployer
mount --no-canonicalize --bind /proc/self/fd/4 /run/deployer-tools
exec 3<&- 4<&-

# Pods on one bridge reach each other's services only if bridged packets pass through iptables.
[ -d /proc/sys/net/bridge ] || modprobe br_netfilter

# The kubelet insists on these settings of the whole kernel. It finds them here; the kernel keeps its own.
while read -r setting value; do
    file=/run/tunables/$(echo "$setting" | tr / .)
    echo "$value" >"$file"
    mount --bind "$file" "/proc/sys/$setting"
done <<SETTINGS
vm/overcommit_memory 1
vm/panic_on_oom 0
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
SETTINGS

exec /run/deployer-tools/pause "$1"

#!/bin/bash
# PID 1 of a node, inside its own network, mount, PID, UTS and IPC namespaces. Its end takes every process, mount and
# pod of the node with it. Its environment: name address pods nodePods services namespace state (tools/clusters/node.ts).
set -u
exec >>"$state/log/node.log" 2>&1

# ---- mounts: nothing of them reaches the machine's own namespace
mount --make-rprivate /
# The kubelet reads /sys/class/net, so /sys has to be that of this network namespace.
mkdir "$state/cgroup" && mount --rbind /sys/fs/cgroup "$state/cgroup"
umount --recursive --lazy /sys && mount -t sysfs sysfs /sys
mount --rbind "$state/cgroup" /sys/fs/cgroup && umount --recursive --lazy "$state/cgroup" && rmdir "$state/cgroup"
mount -t tmpfs -o mode=755 tmpfs /run && mkdir /run/lock /run/etc
for folder in lib/kubelet lib/containerd lib/cni lib/rancher log/pods log/containers; do
  mkdir -p "$state/var/$folder" "/var/$folder" && mount --bind "$state/var/$folder" "/var/$folder"
done
hostname "$name"
echo "$name" >/run/etc/hostname
printf '127.0.0.1 localhost\n%s %s\n' "$address" "$name" >/run/etc/hosts
: >/run/etc/resolv.conf
for file in hostname hosts resolv.conf; do mount --bind "/run/etc/$file" "$(readlink -f "/etc/$file")"; done
# The kubelet would set these for the whole machine; it finds what it wants on files of its own.
while read -r setting value; do
  echo "$value" >"/run/etc/${setting##*/}" && mount --bind "/run/etc/${setting##*/}" "/proc/sys/$setting"
done <<'SETTINGS'
vm/overcommit_memory 1
vm/panic_on_oom 0
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
SETTINGS
mount --make-rshared /

# ---- a control group for the pods, in every hierarchy
for hierarchy in /sys/fs/cgroup/*/; do
  case $hierarchy in */unified/) ;; *) mkdir -p "$hierarchy/$namespace" ;; esac
done
for file in cpus mems; do
  cat "/sys/fs/cgroup/cpuset/cpuset.$file" >"/sys/fs/cgroup/cpuset/$namespace/cpuset.$file"
done
echo 1 >"/sys/fs/cgroup/memory/$namespace/memory.use_hierarchy"

# ---- network, with the rules that flannel lays on a node of k3s
sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.route_localnet=1 net.bridge.bridge-nf-call-iptables=1 \
  net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
iptables -w -t nat -N FLANNEL-POSTRTG
iptables -w -t nat -A POSTROUTING -j FLANNEL-POSTRTG
while read -r rule; do
  # shellcheck disable=SC2086 # the words of a rule
  iptables -w -t nat -A FLANNEL-POSTRTG $rule
done <<RULES
-m mark --mark 0x4000/0x4000 -j RETURN
-s $nodePods -d $pods -j RETURN
-s $pods -d $nodePods -j RETURN
! -s $pods -d $nodePods -j RETURN
-s $pods ! -d 224.0.0.0/4 -j MASQUERADE --random-fully
! -s $pods -d $pods -j MASQUERADE --random-fully
RULES
iptables -w -A FORWARD -s "$pods" -j ACCEPT
iptables -w -A FORWARD -d "$pods" -j ACCEPT

# ---- the parts, each of which starts again when it ends
part() {
  local log=$state/log/$1.log
  (
    while :; do
      "$@"
      echo "== ended with $?"
      sleep 1
    done
  ) >>"$log" 2>&1 &
}
await() { until "$@" >/dev/null 2>&1; do sleep 0.2; done; }
admin=$state/admin.kubeconfig pki=$state/pki

part containerd --config "$state/containerd.toml"
part etcd --name "$name" --data-dir "$state/etcd" --unsafe-no-fsync --log-level warn \
  --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
  --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 \
  --initial-cluster "$name=http://127.0.0.1:2380"
part kube-apiserver --etcd-servers=http://127.0.0.1:2379 --advertise-address="$address" --allow-privileged \
  --service-cluster-ip-range="$services" --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
  --client-ca-file="$pki/ca.crt" --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" \
  --kubelet-client-certificate="$pki/admin.crt" --kubelet-client-key="$pki/admin.key" \
  --kubelet-certificate-authority="$pki/ca.crt" --kubelet-preferred-address-types=InternalIP \
  --service-account-issuer=https://kubernetes.default.svc.cluster.local \
  --service-account-key-file="$pki/accounts.key" --service-account-signing-key-file="$pki/accounts.key"
# The images, while the API server starts.
await ctr version
ctr -n k8s.io images import --all-platforms "$archive" && touch "$state/imported" &
await kubectl --kubeconfig "$admin" get --raw /readyz
part kube-controller-manager --kubeconfig="$admin" --allocate-node-cidrs --cluster-cidr="$pods" --leader-elect=false \
  --service-cluster-ip-range="$services" --cluster-name="$name" --use-service-account-credentials \
  --service-account-private-key-file="$pki/accounts.key" --root-ca-file="$pki/ca.crt"
part kube-scheduler --kubeconfig="$admin" --leader-elect=false
await test -e "$state/imported"
part kubelet --config="$state/kubelet.yaml" --kubeconfig="$state/kubelet.kubeconfig" --hostname-override="$name" \
  --node-ip="$address"
part kube-proxy --config="$state/kube-proxy.yaml"
# It ends where its node has no range of pods yet.
await sh -c "kubectl --kubeconfig '$admin' get node '$name' -o 'jsonpath={.spec.podCIDR}' | grep /"
part kube-router --run-firewall=true --run-router=false --run-service-proxy=false --enable-cni=false \
  --kubeconfig="$admin" --hostname-override="$name" --service-cluster-ip-range="$services" --health-port=0
# As PID 1 it takes in what the containers' shims leave.
while :; do wait -n 2>/dev/null || sleep 1; done

import assert from 'node:assert/strict';
import test from 'node:test';
import { generate, problemsOf } from './setup';

/** The keys that podman-systemd.unit(5) has for each kind: those of Podman 5.4, then those that came later. */
const DOCUMENTED: Readonly<Record<string, string>> = {
  container: `AddCapability AddDevice AddHost Annotation AutoUpdate CgroupsMode ContainerName ContainersConfModule DNS DNSOption
    DNSSearch DropCapability Entrypoint Environment EnvironmentFile EnvironmentHost Exec ExposeHostPort GIDMap GlobalArgs Group
    GroupAdd HealthCmd HealthInterval HealthLogDestination HealthMaxLogCount HealthMaxLogSize HealthOnFailure HealthRetries
    HealthStartPeriod HealthStartupCmd HealthStartupInterval HealthStartupRetries HealthStartupSuccess HealthStartupTimeout
    HealthTimeout HostName Image IP IP6 Label LogDriver LogOpt Mask Mount Network NetworkAlias NoNewPrivileges Notify PidsLimit Pod
    PodmanArgs PublishPort Pull ReadOnly ReadOnlyTmpfs Rootfs RunInit SeccompProfile Secret SecurityLabelDisable
    SecurityLabelFileType SecurityLabelLevel SecurityLabelNested SecurityLabelType ServiceName ShmSize StartWithPod StopSignal
    StopTimeout SubGIDMap SubUIDMap Sysctl Timezone Tmpfs UIDMap Ulimit Unmask User UserNS Volume WorkingDir
    AppArmor HttpProxy Memory ReloadCmd ReloadSignal Retry RetryDelay`,
  network: `ContainersConfModule DisableDNS DNS Driver Gateway GlobalArgs Internal IPAMDriver IPRange IPv6 Label NetworkName Options
    PodmanArgs ServiceName Subnet InterfaceName NetworkDeleteOnStop`,
  volume: `ContainersConfModule Copy Device Driver GlobalArgs Group Image Label Options PodmanArgs ServiceName Type User VolumeName`,
  build: `Annotation Arch AuthFile ContainersConfModule DNS DNSOption DNSSearch Environment File ForceRM GlobalArgs GroupAdd ImageTag
    Label Network PodmanArgs Pull Secret ServiceName SetWorkingDirectory Target TLSVerify Variant Volume BuildArg IgnoreFile Retry
    RetryDelay`,
  image: `AllTags Arch AuthFile CertDir ContainersConfModule Creds DecryptionKey GlobalArgs Image ImageTag OS PodmanArgs ServiceName
    TLSVerify Variant Policy Retry RetryDelay`,
};

for (const [kind, keys] of Object.entries(DOCUMENTED)) {
  test(`every documented key of .${kind} files is known`, () => {
    const section = kind.replace(/^./, (letter) => letter.toUpperCase());
    const unknown = keys.split(/\s+/).filter((key) => {
      const problems = problemsOf({ [`a.${kind}`]: `[${section}]\n${key}=1\n` });
      return problems.some((problem) => problem.includes('there is no such key'));
    });
    assert.deepEqual(unknown, []);
  });
}

for (const [kind, section] of [
  ['kube', 'Kube'],
  ['pod', 'Pod'],
  ['artifact', 'Artifact'],
] as const) {
  test(`.${kind} files are refused by name, whatever is in them, in a unit that fails`, () => {
    const [made] = generate({ [`a.${kind}`]: `[${section}]\nStopTimeout=1\nPodmanArgs=--x\n` });
    assert.match(made?.problems[0]?.message ?? '', new RegExp(`^\\.${kind} files: no `));
    assert.match(made?.unit.text ?? '', /^ExecStart=\/bin\/sh -c .*exit 1/m);
  });
}

{{- /* What cert-manager's webhook looks at: hooks, and after cert-manager's own, which waits for that webhook. */ -}}
{{- define "support.afterWebhook" -}}
helm.sh/hook: post-install,post-upgrade,post-rollback
helm.sh/hook-weight: {{ . | quote }}
{{- end -}}

{{- define "support.issuer" }}
---
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata:
  name: {{ .name }}
  labels:
    {{- include "support.labels" .root | nindent 4 }}
  annotations:
    {{- include "support.afterWebhook" "10" | nindent 4 }}
spec:
  {{- toYaml .spec | nindent 2 }}
{{- end -}}

{{- define "support.acmeIssuer" }}
{{- $acme := .root.Values.acme }}
{{- $common := dict "email" $acme.email "privateKeySecretRef" (dict "name" .name) "solvers" $acme.solvers }}
{{- $spec := dict "acme" (merge $common .own) }}
{{- include "support.issuer" (dict "root" .root "name" .name "spec" $spec) }}
{{- end -}}

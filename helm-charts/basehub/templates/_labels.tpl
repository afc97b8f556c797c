{{- /* The labels of every object of ours. Takes the root context. */}}
{{- define "basehub.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
app.kubernetes.io/name: basehub
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- /* What a Deployment finds its pods by; it can't change once there is one. Takes the component's name. */}}
{{- define "basehub.selector" -}}
app: jupyterhub
component: {{ . }}
{{- end }}

{{- /* What every container of ours is denied. */}}
{{- define "basehub.unprivileged" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
seccompProfile:
  type: RuntimeDefault
{{- end }}

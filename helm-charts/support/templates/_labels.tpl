{{- define "support.labels" -}}
app.kubernetes.io/part-of: support
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

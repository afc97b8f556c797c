{{- /* Labels of an object; call with (list $ "component"). */}}
{{- define "standin.labels" -}}
{{ include "standin.podLabels" . }}
{{- with index . 0 }}
chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
heritage: {{ .Release.Service }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}
{{- end }}

{{- /* What a Service or a Deployment selects; call with (list $ "component"). */}}
{{- define "standin.selector" -}}
component: {{ index . 1 }}
app: {{ include "standin.app" (index . 0) | quote }}
release: {{ (index . 0).Release.Name | quote }}
{{- end }}

{{- define "standin.podLabels" -}}
{{ include "standin.selector" . }}
app.kubernetes.io/component: {{ index . 1 }}
app.kubernetes.io/name: {{ include "standin.app" (index . 0) | quote }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name | quote }}
{{- end }}

{{- define "standin.app" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

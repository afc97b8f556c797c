{{- /* What a Service or a workload selects; call with (list $ "name of the chart"). */}}
{{- define "standin.selector" -}}
app.kubernetes.io/name: {{ index . 1 }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
{{- end }}

{{- /* The parts of a pod that runs as nobody; call with the resources of its container. */}}
{{- define "standin.nobody" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 65534
  runAsGroup: 65534
  fsGroup: 65534
{{- end }}

{{- /* A secret of the hub: as configured, else as the cluster has it, else new. Call with (list $ key configured new). */}}
{{- define "standin.secret" -}}
{{- $root := index . 0 }}
{{- if index . 2 }}
{{- index . 2 }}
{{- else }}
{{- $kept := (lookup "v1" "Secret" $root.Release.Namespace "hub").data | default dict }}
{{- hasKey $kept (index . 1) | ternary (get $kept (index . 1) | b64dec) (index . 3) }}
{{- end }}
{{- end }}

{{- define "standin.proxyToken" -}}
{{- $configured := dig "ConfigurableHTTPProxy" "auth_token" "" .Values.hub.config | default .Values.proxy.secretToken }}
{{- include "standin.secret" (list . "hub.config.ConfigurableHTTPProxy.auth_token" $configured (randAlphaNum 64)) }}
{{- end }}

{{- /* 64 hexadecimal digits. */}}
{{- define "standin.randomHex" -}}
{{- randBytes 32 | b64dec | printf "%x" }}
{{- end }}

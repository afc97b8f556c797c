{{- /* Environment variables from a list, or from a map of strings and of objects. */}}
{{- define "standin.extraEnv" -}}
{{- if kindIs "slice" . }}
{{- toYaml . }}
{{- else }}
{{- $list := list }}
{{- range $name, $value := . }}
{{- $entry := kindIs "map" $value | ternary $value (dict "value" $value) }}
{{- $list = append $list (merge (dict) $entry (dict "name" $name)) }}
{{- end }}
{{- toYaml $list }}
{{- end }}
{{- end }}

{{- /* Names of Secrets to pull an image with; call with (list $ .image). */}}
{{- define "standin.pullSecrets" -}}
{{- $list := list }}
{{- range concat (index . 1).pullSecrets (index . 0).Values.imagePullSecrets | uniq }}
{{- $list = append $list (kindIs "string" . | ternary (dict "name" .) .) }}
{{- end }}
{{- with $list }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* A probe; call with (list .probe "/path"). */}}
{{- define "standin.probe" -}}
{{- toYaml (omit (index . 0) "enabled") }}
httpGet:
  path: {{ index . 1 }}
  port: http
{{- end }}

{{- /* The content of a Secret with extraFiles, by key. */}}
{{- define "standin.extraFiles" -}}
{{- range $key, $file := . }}
{{- $ways := 0 }}
{{- range list "data" "stringData" "binaryData" }}
{{- if index $file . }}{{ $ways = add1 $ways }}{{ end }}
{{- end }}
{{- if or (ne $ways 1) (not $file.mountPath) }}
{{- fail (printf "extraFiles.%s needs a mountPath and one of data, stringData, binaryData" $key) }}
{{- end }}
{{- if $file.binaryData }}
{{ $key | quote }}: {{ $file.binaryData | nospace | quote }}
{{- else if $file.stringData }}
{{ $key | quote }}: {{ print (trimSuffix "\n" $file.stringData) "\n" | b64enc | quote }}
{{- else if has (ext $file.mountPath) (list ".yaml" ".yml") }}
{{ $key | quote }}: {{ print (toYaml $file.data) "\n" | b64enc | quote }}
{{- else if eq (ext $file.mountPath) ".json" }}
{{ $key | quote }}: {{ print (toJson $file.data) "\n" | b64enc | quote }}
{{- else if eq (ext $file.mountPath) ".toml" }}
{{ $key | quote }}: {{ print (toToml $file.data | trimSuffix "\n") "\n" | b64enc | quote }}
{{- else }}
{{- fail (printf "extraFiles.%s has data: its mountPath must end in .yaml, .yml, .json or .toml" $key) }}
{{- end }}
{{- end }}
{{- end }}

{{- /* The items of a volume with extraFiles. */}}
{{- define "standin.extraFileItems" -}}
{{- range $key, $file := . }}
- key: {{ $key | quote }}
  path: {{ $key | quote }}
  {{- with $file.mode }}
  mode: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

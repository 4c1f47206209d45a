# The commands of Vitis HLS for our script: each is checked against the table `commands`, and what it says is kept.
# Synthesis itself is done by the program that sources this file, which reads the answers from the file `answers`.

source [file join [file dirname [info script]] take.tcl]

# Its first word alone.
proc take_one {name arguments} { return [lindex [take $name $arguments] 0] }

proc remember {key value} {
  global answers
  set file [open $answers a]
  puts $file "$key=$value"
  close $file
}

proc open_project args { remember project [take_one open_project $args] }
proc set_top args { remember top [take_one set_top $args] }
proc add_files args {
  set path [take_one add_files $args]
  if {![file exists $path]} { stub_error "no file $path" }
  remember source [file normalize $path]
  remember cflags $::option(-cflags)
}
proc open_solution args {
  remember solution [take_one open_solution $args]
  if {$::option(-flow_target) ne "vivado"} { stub_error "unknown flow $::option(-flow_target)" }
}
proc set_part args { remember part [take_one set_part $args] }
proc create_clock args { take create_clock $args; remember clock_ns $::option(-period) }
proc config_export args { take config_export $args; remember ipname $::option(-ipname) }
proc csynth_design args { take csynth_design $args; remember csynth 1 }
proc export_design args { take export_design $args; remember export 1 }

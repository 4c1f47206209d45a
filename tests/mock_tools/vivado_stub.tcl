# The commands of Vivado for our scripts, as far as a block design can be checked without Vivado: names of cells,
# pins, interfaces and properties must exist, nothing is driven twice, nothing that needs a clock goes without.
# The tables `commands`, `ip` and `properties` and the array `mock` come from the program `vivado` beside this file.

source [file join $mock(here) take.tcl]

foreach name [dict keys $commands] {
  proc $name args "return \[do_$name \[take $name \$args\]\]"
}

set state(project) ""
array set cell {}
array set net {}
array set interface_net {}
array set run {}

proc need_project {} { global state; if {$state(project) eq ""} { stub_error "no project is open" } }
proc save_text {path text} { set file [open $path w]; puts $file $text; close $file }

proc do_version {words} { return $::mock(version) }
proc do_set_param {words} {
  if {[lindex $words 0] ne "board.repoPaths"} { stub_error "unknown parameter [lindex $words 0]" }
  foreach folder [lindex $words 1] { if {![file isdirectory $folder]} { stub_error "no folder $folder" } }
}
proc do_get_board_parts {words} {
  return [lsearch -all -inline -glob $::mock(board_parts) [lindex $words 0]]
}

proc do_create_project {words} {
  global state option
  lassign $words name folder
  if {$option(-part) ne $::mock(part)} { stub_error "unknown part $option(-part)" }
  file delete -force $folder
  file mkdir $folder
  array set state [list project $name folder $folder files {} top "" design ""]
  save_text [file join $folder $name.xpr] "stand-in"
  foreach run {synth_1 impl_1} { do_reset_run $run }
}
proc do_open_project {words} {
  global state
  set path [lindex $words 0]
  if {![file exists $path]} { stub_error "no project $path" }
  array set state [list project [file rootname [file tail $path]] folder [file dirname $path] top system_wrapper]
  foreach run {synth_1 impl_1} {
    set ::run($run) [expr {[file exists [file join $state(folder) $run.done]] ? "100%" : "0%"}]
  }
}
proc do_current_project {words} { need_project; return project }
proc do_current_fileset {words} { need_project; return fileset }

proc do_add_files {words} {
  global state option
  need_project
  foreach path [lindex $words 0] {
    if {![file exists $path]} { stub_error "add_files: no file $path" }
    lappend state(files) $path
  }
  if {[info exists option(-fileset)] && $option(-fileset) ne "constrs_1"} { stub_error "no file set $option(-fileset)" }
}
proc do_update_compile_order {words} { need_project }
proc do_get_files {words} {
  global state
  if {[lindex $words 0] ne "$state(design).bd"} { stub_error "no file [lindex $words 0]" }
  return file
}

proc do_create_bd_design {words} { need_project; set ::state(design) [lindex $words 0] }

proc do_create_bd_cell {words} {
  global option ip cell
  set name [lindex $words 0]
  if {[info exists cell($name)]} { stub_error "cell $name exists" }
  if {$option(-type) eq "module"} {
    set cell($name) [module_reference $option(-reference)]
  } elseif {[dict exists $ip $option(-vlnv)]} {
    set cell($name) [dict get $ip $option(-vlnv)]
  } else {
    stub_error "unknown IP $option(-vlnv)"
  }
  dict set cell($name) set {}
}

# A module of our sources, which Vivado takes as plain Verilog only; interfaces by the names of its ports.
proc module_reference {name} {
  global state
  foreach path $state(files) {
    set file [open $path r]
    set text [read $file]
    close $file
    if {![regexp "\\mmodule\\s+$name\\M" $text]} continue
    if {[file extension $path] ne ".v"} { stub_error "module reference $name must be Verilog, not $path" }
    set found [dict create clocks clk resets rst_n masters {} slaves {} segments {} properties {}]
    foreach {bus kind} {s_axi slaves s_axis slaves m_axis masters} {
      if {[regexp "\\m${bus}_\\w*valid\\M" $text]} { dict lappend found $kind $bus }
    }
    dict set found segments s_axi/reg0
    return $found
  }
  stub_error "no module $name in the sources"
}

proc do_apply_bd_automation {words} {
  global cell option
  set name [lindex $words 0]
  set data $cell($name)
  if {![dict exists $data automation] || [dict get $data automation] ne $option(-rule)} {
    stub_error "rule $option(-rule) does not fit $name"
  }
  foreach key [dict keys $option(-config)] {
    if {[lsearch -exact [dict get $data automation_keys] $key] < 0} { stub_error "automation: unknown key $key" }
  }
  if {[dict get $option(-config) apply_board_preset] ne "1"} { stub_error "the board's preset is not applied" }
  if {![info exists ::state(board_part)]} { stub_error "no board part is set" }
  dict set cell($name) set [dict get $data preset]
}

proc do_get_bd_cells {words} {
  set name [lindex $words 0]
  if {![info exists ::cell($name)]} { stub_error "no cell $name" }
  return $name
}

# Whether an optional pin or interface of a cell is there.
proc is_there {name pin} {
  set data $::cell($name)
  if {![dict exists $data optional]} { return 1 }
  dict for {property things} [dict get $data optional] {
    if {[lsearch -exact $things $pin] >= 0} {
      return [expr {[dict exists $data set $property] && [dict get $data set $property] eq "1"}]
    }
  }
  return 1
}

proc find_pin {path kinds} {
  lassign [split $path /] name pin
  do_get_bd_cells $name
  foreach kind $kinds {
    if {[dict exists $::cell($name) $kind] && [lsearch -exact [dict get $::cell($name) $kind] $pin] >= 0 && [is_there $name $pin]} {
      return $path
    }
  }
  stub_error "no pin $path"
}

proc do_get_bd_pins {words} { return [find_pin [lindex $words 0] {clocks resets sources}] }
proc do_get_bd_intf_pins {words} { return [find_pin [lindex $words 0] {masters slaves}] }

proc do_connect_bd_net {words} {
  lassign $words from to
  find_pin $from sources
  if {[info exists ::net($to)]} { stub_error "$to is driven twice" }
  set ::net($to) $from
}
proc do_connect_bd_intf_net {words} {
  lassign $words from to
  find_pin $from masters
  find_pin $to slaves
  foreach end $words {
    if {[info exists ::interface_net($end)]} { stub_error "$end is connected twice" }
    set ::interface_net($end) 1
  }
}

proc do_get_bd_addr_spaces {words} {
  if {[lindex $words 0] ne "ps/Data"} { stub_error "no address space [lindex $words 0]" }
  return [lindex $words 0]
}
proc do_get_bd_addr_segs {words} {
  set path [lindex $words 0]
  set name [lindex [split $path /] 0]
  do_get_bd_cells $name
  if {[lsearch -exact [dict get $::cell($name) segments] [join [lrange [split $path /] 1 end] /]] < 0} {
    stub_error "no address segment $path"
  }
  return $path
}
proc do_assign_bd_address {words} {
  global option state
  if {[llength $words] == 0} return
  if {![regexp {^0x[0-9A-F]{8}$} $option(-offset)]} { stub_error "bad offset $option(-offset)" }
  if {[lsearch -exact {4K 64K} $option(-range)] < 0} { stub_error "bad range $option(-range)" }
  dict set state(addresses) [lindex [split [lindex $words 0] /] 0] $option(-offset)
}

# Every interface is connected, every clock and reset driven; each number of ports is used exactly.
proc do_validate_bd_design {words} {
  global cell net interface_net
  foreach name [array names cell] {
    set data $cell($name)
    foreach kind {clocks resets} {
      foreach pin [dict get $data $kind] {
        if {[is_there $name $pin] && ![info exists net($name/$pin)]} { stub_error "$name/$pin is not driven" }
      }
    }
    foreach {kind count} {masters NUM_MI slaves NUM_SI} {
      set pins [dict get $data $kind]
      if {[dict exists $data set $count]} { set pins [lrange $pins 0 [expr {[dict get $data set $count] - 1}]] }
      foreach pin $pins {
        if {[is_there $name $pin] && ![info exists interface_net($name/$pin)]} { stub_error "$name/$pin is not connected" }
      }
    }
    foreach segment [dict get $data segments] {
      if {![dict exists $::state(addresses) $name]} { stub_error "$name has no address" }
    }
  }
}
proc do_save_bd_design {words} {}

proc do_set_property {words} {
  global option cell properties state
  if {[info exists option(-dict)]} {
    set name [lindex $words 0]
    dict for {key value} $option(-dict) {
      if {![regsub {^CONFIG\.} $key "" property] || ![dict exists $cell($name) properties $property]} {
        stub_error "$name has no property $key"
      }
      if {![regexp "^([dict get $cell($name) properties $property])\$" $value]} { stub_error "$key must not be $value" }
      dict set cell($name) set $property $value
    }
    return
  }
  lassign $words property value object
  if {![dict exists $properties $property] || [dict get $properties $property] ne $object} {
    stub_error "$object has no property $property"
  }
  if {$property eq "board_part" && [lsearch -exact $::mock(board_parts) $value] < 0} { stub_error "no board part $value" }
  set state($property) $value
}

proc do_generate_target {words} {
  global state cell
  set folder [file join $state(folder) asn2fpga.gen sources_1 bd $state(design) hw_handoff]
  file mkdir $folder
  set modules ""
  foreach name [lsort [array names cell]] { append modules "  <MODULE INSTANCE=\"$name\" FULLNAME=\"/$name\"/>\n" }
  save_text [file join $folder $state(design).hwh] "<EDKSYSTEM>\n <MODULES>\n$modules </MODULES>\n</EDKSYSTEM>"
}
proc do_make_wrapper {words} {
  set path [file join $::state(folder) system_wrapper.v]
  save_text $path "module system_wrapper; endmodule"
  return $path
}

proc do_get_runs {words} {
  if {![info exists ::run([lindex $words 0])]} { stub_error "no run [lindex $words 0]" }
  return [lindex $words 0]
}
proc do_reset_run {words} { set ::run([lindex $words 0]) "0%" }
proc do_launch_runs {words} {
  global option
  if {![string is integer -strict $option(-jobs)] || $option(-jobs) < 1} { stub_error "bad number of jobs" }
  if {$::state(top) ne "system_wrapper"} { stub_error "top is '$::state(top)'" }
}
proc run_log {name text} {
  set folder [file join $::state(folder) asn2fpga.runs $name]
  file mkdir $folder
  save_text [file join $folder runme.log] "INFO: started\n$text\nINFO: ended"
}
proc do_wait_on_run {words} {
  set name [lindex $words 0]
  if {$name eq "impl_1" && $::run(synth_1) ne "100%"} { stub_error "impl_1 before synth_1" }
  switch -- "$::mock(fail) $name" {
    "licence synth_1" {
      run_log $name "ERROR: \[Common 17-345\] A valid license was not found for feature 'Synthesis' and/or device '$::mock(part)'."
      return
    }
    "synthesis synth_1" {
      run_log $name "ERROR: \[Synth 8-439\] module 'fc1_integrate_fire' not found \[digits_core.sv:60\]"
      return
    }
    "killed impl_1" { exec kill -9 [pid] }
  }
  set ::run($name) "100%"
  save_text [file join $::state(folder) $name.done] ""
}
proc do_open_run {words} { if {$::run([lindex $words 0]) ne "100%"} { stub_error "[lindex $words 0] is not done" } }

proc do_get_property {words} {
  global mock run
  lassign $words property object
  switch -- $object {
    synth_1 - impl_1 {
      switch -- $property {
        PROGRESS { return $run($object) }
        STATUS { return [expr {$run($object) eq "100%" ? "Complete!" : "synth_design ERROR"}] }
        DIRECTORY { return [file join $::state(folder) asn2fpga.runs $object] }
      }
    }
    setup_path - hold_path {
      switch -- $property {
        SLACK { return [expr {$object eq "hold_path" ? 0.031 : $mock(fail) eq "slack" ? -0.412 : 1.234}] }
        STARTPOINT_PIN { return "system_i/accelerator/inst/core/u_fc1_integrate_fire/acc_reg\[3\]/C" }
        ENDPOINT_PIN { return $mock(endpoint) }
        REQUIREMENT { return 10.000 }
      }
    }
  }
  stub_error "$object has no property $property"
}
proc do_get_timing_paths {words} {
  global option
  return [expr {[info exists option(-hold)] ? "hold_path" : "setup_path"}]
}

proc do_report_timing_summary {words} { save_text $::option(-file) "timing of the stand-in" }
proc do_report_timing {words} { save_text $::option(-file) "paths of the stand-in" }
proc do_report_utilization {words} {
  file copy -force [file join $::mock(here) reports utilisation_$::mock(family).rpt] $::option(-file)
}
proc do_report_power {words} {
  file copy -force [file join $::mock(here) reports power_$::mock(family).rpt] $::option(-file)
}
proc do_read_saif {words} {
  global option
  set file [open [lindex $words 0] r]
  set text [read $file]
  close $file
  set depth 0
  foreach name [split $option(-strip_path) /] {
    if {[string first "(INSTANCE $name" $text] < 0} { error "\[Power 33-1\] $name is not in the SAIF file" }
  }
}

proc do_write_bitstream {words} {
  if {$::mock(fail) eq "bitstream"} { error "\[DRC UCIO-1\] Unconstrained Logical Port" }
  save_text [lindex $words 0] "bitstream of the stand-in"
}

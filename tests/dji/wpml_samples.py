"""Route files for the tests: one in the style of DJI's software, and archives of any kind."""

import io
import zipfile

WPML = "http://www.dji.com/wpmz/{version}"

WAYLINES = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:wpml="http://www.dji.com/wpmz/{version}">
  <Document>
    <wpml:missionConfig>
      <wpml:flyToWaylineMode>safely</wpml:flyToWaylineMode>
      <wpml:finishAction>goHome</wpml:finishAction>
      <wpml:exitOnRCLost>executeLostAction</wpml:exitOnRCLost>
      <wpml:executeRCLostAction>goBack</wpml:executeRCLostAction>
      <wpml:takeOffSecurityHeight>20</wpml:takeOffSecurityHeight>
      <wpml:globalTransitionalSpeed>15</wpml:globalTransitionalSpeed>
      <wpml:globalRTHHeight>100</wpml:globalRTHHeight>
      <wpml:droneInfo>
        <wpml:droneEnumValue>100</wpml:droneEnumValue>
        <wpml:droneSubEnumValue>1</wpml:droneSubEnumValue>
      </wpml:droneInfo>
      <wpml:waylineAvoidLimitAreaMode>0</wpml:waylineAvoidLimitAreaMode>
      <wpml:payloadInfo>
        <wpml:payloadEnumValue>99</wpml:payloadEnumValue>
        <wpml:payloadSubEnumValue>2</wpml:payloadSubEnumValue>
        <wpml:payloadPositionIndex>0</wpml:payloadPositionIndex>
      </wpml:payloadInfo>
    </wpml:missionConfig>
    <Folder>
      <wpml:templateId>0</wpml:templateId>
      <wpml:executeHeightMode>relativeToStartPoint</wpml:executeHeightMode>
      <wpml:waylineId>0</wpml:waylineId>
      <wpml:distance>248.4</wpml:distance>
      <wpml:duration>41.7</wpml:duration>
      <wpml:autoFlightSpeed>8.5</wpml:autoFlightSpeed>
      {placemarks}
    </Folder>
  </Document>
</kml>
"""

PLACEMARK = """<Placemark>
        <Point>
          <coordinates>
            {lon}, {lat}
          </coordinates>
        </Point>
        <wpml:index>{index}</wpml:index>
        <wpml:executeHeight>{height}</wpml:executeHeight>
        <wpml:waypointSpeed>8.5</wpml:waypointSpeed>
        <wpml:waypointHeadingParam>
          <wpml:waypointHeadingMode>followWayline</wpml:waypointHeadingMode>
          <wpml:waypointHeadingPoiIndex>0</wpml:waypointHeadingPoiIndex>
        </wpml:waypointHeadingParam>
        <wpml:waypointTurnParam>
          <wpml:waypointTurnMode>toPointAndStopWithDiscontinuityCurvature</wpml:waypointTurnMode>
          <wpml:waypointTurnDampingDist>0</wpml:waypointTurnDampingDist>
        </wpml:waypointTurnParam>
        <wpml:useStraightLine>1</wpml:useStraightLine>
        {actions}
      </Placemark>"""

PHOTO_GROUP = """<wpml:actionGroup>
          <wpml:actionGroupId>0</wpml:actionGroupId>
          <wpml:actionGroupStartIndex>1</wpml:actionGroupStartIndex>
          <wpml:actionGroupEndIndex>1</wpml:actionGroupEndIndex>
          <wpml:actionGroupMode>sequence</wpml:actionGroupMode>
          <wpml:actionTrigger><wpml:actionTriggerType>reachPoint</wpml:actionTriggerType></wpml:actionTrigger>
          <wpml:action>
            <wpml:actionId>0</wpml:actionId>
            <wpml:actionActuatorFunc>hover</wpml:actionActuatorFunc>
            <wpml:actionActuatorFuncParam><wpml:hoverTime>2.5</wpml:hoverTime></wpml:actionActuatorFuncParam>
          </wpml:action>
          <wpml:action>
            <wpml:actionId>1</wpml:actionId>
            <wpml:actionActuatorFunc>takePhoto</wpml:actionActuatorFunc>
            <wpml:actionActuatorFuncParam>
              <wpml:fileSuffix></wpml:fileSuffix>
              <wpml:payloadPositionIndex>0</wpml:payloadPositionIndex>
            </wpml:actionActuatorFuncParam>
          </wpml:action>
        </wpml:actionGroup>"""


def placemark(index: int, lat: float, lon: float, height: float = 60, actions: str = "") -> str:
    return PLACEMARK.format(index=index, lat=lat, lon=lon, height=height, actions=actions)


def waylines(placemarks: str | None = None, version: str = "1.0.6") -> str:
    """Three waypoints, two legs of about 111 and 76 m, with a pause and a photo at the second."""
    three = "\n      ".join(
        (placemark(0, 47.0, 8.0), placemark(1, 47.001, 8.0, 80, PHOTO_GROUP), placemark(2, 47.001, 8.001, 80))
    )
    return WAYLINES.format(version=version, placemarks=three if placemarks is None else placemarks)


def zipped(members: dict[str, bytes | str] | list[tuple[str, bytes | str]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, content)
    return out.getvalue()


def kmz(text: str | bytes | None = None, **others: bytes) -> bytes:
    return zipped({"wpmz/waylines.wpml": waylines() if text is None else text, **others})
